"""TimescaleDB for the PostgreSQL that comes as a wheel: built once, cached, installed.

What belongs here: compiling the extension against that PostgreSQL, keeping the result per user
so that a new environment installs it in a second, and copying it into the wheel's directories.
What does not: getting the source (``timescaledb_source``) and running servers (``local_server``).
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

import platformdirs
from filelock import FileLock

from arb_pipeline.storage import c_compiler
from arb_pipeline.storage.postgres_install import PostgresInstall
from arb_pipeline.storage.timescaledb_source import Progress, TimescaleUnavailableError, fetch

DEBIAN_VERSION = "2.19.3"
_OPTIONS = (
    "-DCMAKE_BUILD_TYPE=Release",
    "-DREGRESS_CHECKS=OFF",
    "-DTAP_CHECKS=OFF",
    "-DWARNINGS_AS_ERRORS=OFF",
    "-DAPACHE_ONLY=1",  # Debian's source package holds nothing else
    "-DUSE_OPENSSL=0",  # telemetry is its only use, and that is off
)


def ensure_installed(
    postgres: PostgresInstall, source: Path | None, progress: Progress, cache: Path | None = None
) -> None:
    """Make ``CREATE EXTENSION timescaledb`` possible; returns at once where it already is.

    Args:
        postgres: what to build against and install into.
        source: tarball or directory of TimescaleDB's source; None fetches Debian's.
        progress: told in one line what takes time.
        cache: where built files are kept; a folder of the user's cache by default.

    Raises:
        TimescaleUnavailableError: no source, no compiler, or the build failed.
    """
    if _installed(postgres):
        return
    cache = cache or platformdirs.user_cache_path("arb-pipeline")
    built = cache / _key(postgres, source)
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{built}.lock"):
        if not built.is_dir():
            _build(postgres, source, built, progress)
        if not _installed(postgres):
            _install(built, postgres)


def _installed(postgres: PostgresInstall) -> bool:
    """Whether the control file is there: it is the last file an installation writes."""
    return (postgres.extensions / "timescaledb.control").is_file()


def _key(postgres: PostgresInstall, source: Path | None) -> str:
    """What the built files depend on, as a directory name."""
    name = DEBIAN_VERSION
    if source is not None:
        path = source.expanduser().resolve()
        changed = path.stat().st_mtime_ns if path.exists() else 0
        name = "source-" + sha256(f"{path} {changed}".encode()).hexdigest()[:12]
    libc = "".join(platform.libc_ver())
    system = f"{platform.system()}-{platform.machine()}-{libc}".lower()
    return f"timescaledb-{name}-postgresql-{postgres.version}-{system}"


def _build(postgres: PostgresInstall, source: Path | None, built: Path, progress: Progress) -> None:
    """Compile into ``built``, which appears only when it is complete."""
    with tempfile.TemporaryDirectory(dir=built.parent, prefix="build-") as name:
        work = Path(name)
        compiler = c_compiler.find(work, progress)
        tree = fetch(source, work, progress)
        log = Path(f"{built}.log")
        progress("compiling TimescaleDB, once for this user (half a minute to two)")
        cmake, build = _tool("cmake"), str(work / "build")
        commands = (
            [cmake, "-S", str(tree), "-B", build, "-G", "Ninja",
             f"-DCMAKE_MAKE_PROGRAM={_tool('ninja')}", f"-DCMAKE_C_COMPILER={compiler}",
             f"-DPG_CONFIG={postgres.program('pg_config')}", *_OPTIONS],
            [cmake, "--build", build],
            [cmake, "--install", build],
        )  # fmt: skip
        with log.open("w") as output:
            for command in commands:
                done = subprocess.run(  # noqa: S603 - our own arguments
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env={**os.environ, "DESTDIR": str(work / "staged")},
                    check=False,
                )
                if done.returncode != 0:
                    output.flush()
                    raise TimescaleUnavailableError(
                        f"TimescaleDB could not be compiled (see {log}): {_last_error(log)}"
                    )
        staged = Path(f"{work / 'staged'}{postgres.root}")
        result = work / "result"
        shutil.copytree(staged / postgres.libraries.relative_to(postgres.root), result / "lib")
        shutil.copytree(
            staged / postgres.extensions.relative_to(postgres.root), result / "extension"
        )
        result.rename(built)


def _install(built: Path, postgres: PostgresInstall) -> None:
    files = [(path, postgres.libraries) for path in sorted((built / "lib").iterdir())]
    scripts = sorted((built / "extension").iterdir(), key=lambda path: path.suffix == ".control")
    files += [(path, postgres.extensions) for path in scripts]
    for path, directory in files:
        # By way of a new name: a running server may have the old file open.
        unfinished = directory / f".{path.name}.new"
        try:
            shutil.copyfile(path, unfinished)
        except OSError as error:
            raise TimescaleUnavailableError(
                f"TimescaleDB is built, but cannot be copied into {directory}: {error.strerror}",
                "Use a Python environment you may write to (uv makes one), or set DATABASE_URL.",
            ) from error
        unfinished.chmod(0o755 if path.suffix in {".so", ".dylib"} else 0o644)
        unfinished.replace(directory / path.name)


def _tool(name: str) -> str:
    """A program that came as a wheel with this environment."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.is_file() else shutil.which(name)
    if found is None:
        raise TimescaleUnavailableError(f"the program {name} is missing from this environment")
    return found


def _last_error(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    telling = [line for line in lines if re.search(r"\berror\b|fatal", line, re.IGNORECASE)]
    return (telling or lines or ["no output"])[0].strip()
