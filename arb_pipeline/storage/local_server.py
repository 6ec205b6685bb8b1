"""The project's own PostgreSQL with TimescaleDB, for those who configured no database.

What belongs here: the life of one server in one directory: prepare, start, stop, recover after
it was killed. It listens on a Unix socket only, and outlives the process that started it.
What does not: building the extension (``timescaledb_build``) and anything inside the database.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from filelock import FileLock

from arb_pipeline.storage import postmaster, timescaledb_build
from arb_pipeline.storage.postgres_install import PostgresInstall, PostgresProgramError, own
from arb_pipeline.storage.timescaledb_source import Progress

SUPERUSER = "postgres"
_LONGEST_SOCKET_DIRECTORY = 80  # a socket's path may have 107 characters on Linux, 103 on macOS
_START_SECONDS = 120  # replaying the log of a killed server takes its time
_STOP_SECONDS = 60  # writing everything down before the end, too
_CONFIGURATION = Path(__file__).with_name("postgresql.conf")


@dataclass(frozen=True)
class ServerStatus:
    """What is known of the server without connecting to it.

    Attributes:
        running: whether the server's process is alive.
        process_id: of that process; None while it is not running.
        data: the directory with the databases.
        log: the directory with the server's log files.
        prepared: whether the directory holds databases at all.
    """

    running: bool
    process_id: int | None
    data: Path
    log: Path
    prepared: bool


class LocalServer:
    """One embedded server; any number of these objects, in any process, may name the same one.

    Args:
        directory: where it keeps everything; created when missing.
        source: tarball or directory of TimescaleDB's source; None fetches Debian's.
        progress: told in one line what takes longer than a moment.
    """

    def __init__(
        self, directory: Path, *, source: Path | None = None, progress: Progress = lambda _: None
    ) -> None:
        self.directory = directory.expanduser().resolve()
        self.data = self.directory / "data"
        self.log = self.directory / "log"
        self.source = source
        self.postgres = PostgresInstall.from_wheel()
        self._progress = progress

    @property
    def sockets(self) -> Path:
        """Directory of the socket: below ``directory``, or a short one where that is too long."""
        inside = self.directory / "socket"
        if len(os.fsencode(inside)) <= _LONGEST_SOCKET_DIRECTORY:
            return inside
        # Not the temporary directory of the environment: every process has to find the same one.
        base = Path("/run" if os.geteuid() == 0 and Path("/run").is_dir() else "/tmp")  # noqa: S108
        name = sha256(os.fsencode(self.directory)).hexdigest()[:12]
        return base / f"arb-pipeline-{os.geteuid()}-{name}"

    def url(self, database: str = "arb_pipeline") -> str:
        """Connection URL of one database, for asyncpg, psycopg2, SQLAlchemy and psql alike."""
        host = quote(str(self.sockets))
        return f"postgresql://{SUPERUSER}@/{quote(database, safe='')}?host={host}"

    def status(self) -> ServerStatus:
        """Whether it runs, and where it keeps its files."""
        process = postmaster.find(self.data)
        return ServerStatus(
            running=process is not None,
            process_id=process.pid if process else None,
            data=self.data,
            log=self.log,
            prepared=(self.data / "PG_VERSION").is_file(),
        )

    def start(self) -> bool:
        """Run the server, preparing whatever is missing; do nothing where it already runs.

        Returns:
            Whether this call started it.

        Raises:
            TimescaleUnavailableError: the extension cannot be built here.
            PostgresProgramError: the server does not start; the message holds its log.
        """
        own([self.directory, self.log])
        with self._lock():
            # Also while it runs: a renewed environment has lost what was copied into it.
            timescaledb_build.ensure_installed(self.postgres, self.source, self._progress)
            if postmaster.find(self.data) is not None and self._answers():
                return False
            own([self.sockets])
            self.postgres.open_to_system_user()
            if not (self.data / "PG_VERSION").is_file():
                self._initialize()
            self._configure()
            self._run()
            return True

    def stop(self) -> bool:
        """Stop the server; open connections are closed, nothing committed is lost.

        Returns:
            Whether there was one to stop.

        Raises:
            psutil.TimeoutExpired: it does not end.
        """
        if not self.directory.is_dir():
            return False
        with self._lock():
            if not postmaster.stop(self.data, seconds=_STOP_SECONDS):
                return False
            if not self.sockets.is_relative_to(self.directory):
                self.sockets.rmdir()
            return True

    def _lock(self) -> FileLock:
        return FileLock(self.directory / "lock", timeout=15 * 60)

    def _answers(self) -> bool:
        """Whether it accepts connections; waits while it says it is starting up."""
        deadline = time.monotonic() + _START_SECONDS
        arguments = ("--dbname", self.url("postgres"), "--timeout=5", "--quiet")
        while time.monotonic() < deadline and postmaster.find(self.data) is not None:
            try:
                # Every process asks this at its start, and Dagster's code server at every tick.
                self.postgres.run(
                    "pg_isready", *arguments, cwd=self.directory, as_system_user=False
                )
            except PostgresProgramError:
                time.sleep(0.1)
            else:
                return True
        return False

    def _initialize(self) -> None:
        self._progress("creating the database server")
        own([self.data])
        # "trust": the socket's directory is private to the user who runs the server.
        self.postgres.run(
            "initdb", "--pgdata", self.data, "--username", SUPERUSER, "--encoding=UTF8",
            "--locale=C", "--auth-local=trust", "--auth-host=reject", "--no-instructions",
            cwd=self.directory,
        )  # fmt: skip
        with (self.data / "postgresql.conf").open("a") as file:
            file.write("\ninclude = 'arb_pipeline.conf'\n")

    def _configure(self) -> None:
        """Write the settings anew at each start, so that a new release brings its own."""
        own_lines = (
            f"unix_socket_directories = '{self.sockets}'\n"
            f"log_directory = '{self.log}'\nport = {postmaster.PORT}\n"
        )
        path = self.data / "arb_pipeline.conf"
        path.write_text(_CONFIGURATION.read_text() + own_lines)
        path.chmod(0o644)

    def _run(self) -> None:
        if postmaster.find(self.data) is None:
            postmaster.clear_leftovers(self.data, self.sockets)
        for attempts_left in (2, 1, 0):
            try:
                self.postgres.run(
                    "pg_ctl", "start", "--pgdata", self.data, "--wait",
                    f"--timeout={_START_SECONDS}", "--log", self.directory / "start.log",
                    cwd=self.directory,
                )  # fmt: skip
            except PostgresProgramError as error:
                # Children of a killed server need a moment to see that it is gone.
                if attempts_left == 0:
                    raise PostgresProgramError(f"{error}\n{self._end_of_log()}") from error
                time.sleep(1)
            else:
                return

    def _end_of_log(self) -> str:
        logs = [self.directory / "start.log", *sorted(self.log.glob("*.log"))]
        text = "\n".join(path.read_text(errors="replace") for path in logs if path.is_file())
        return "\n".join(text.splitlines()[-15:])
