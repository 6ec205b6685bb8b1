"""Child processes under supervision: started, watched, restarted a few times, ended in order.

What belongs here: running commands and keeping them running. What does not: which commands those
are (``cli/up``), and what happens if this process is killed (``watchdog``).
"""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from arb_pipeline.watchdog import Watchdog, end_groups

RESTARTS = 3
_STEADY_SECONDS = 60.0  # a child that ran this long has its restarts back


class ChildFailedError(RuntimeError):
    """A child ended too often or did not get ready; the message names its log."""


class StoppedError(Exception):
    """Somebody asked to stop while something was waited for."""


@dataclass(frozen=True)
class Child:
    """One command to keep running.

    Attributes:
        name: for messages, and the name of its log file.
        command: program and arguments.
        ready: tells whether it serves by now.
    """

    name: str
    command: Sequence[str]
    ready: Callable[[], bool] = lambda: True


@dataclass
class _Running:
    child: Child
    process: subprocess.Popen[bytes]
    since: float
    restarts: int = 0


@dataclass
class Supervisor:
    """Keeps children running until ``stopping`` is set.

    Attributes:
        logs: directory of the log files; each run of the supervisor starts new ones and keeps the
            previous ones beside them.
        environment: of the children.
        directory: working directory of the children.
        watchdog: ends the children if this process is killed.
        say: told in one line what people should know.
        stopping: set it, from a signal handler for one, to end everything.
    """

    logs: Path
    environment: Mapping[str, str]
    directory: Path
    watchdog: Watchdog
    say: Callable[[str], None]
    stopping: threading.Event = field(default_factory=threading.Event)
    _running: list[_Running] = field(default_factory=list)

    def start(self, child: Child) -> None:
        """Start one child; children end in the opposite order of their starts."""
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.log(child)
        if log.exists():
            log.replace(log.with_suffix(".previous.log"))
        self._running.append(_Running(child, self._spawn(child), time.monotonic()))

    def wait_until_ready(self, *, seconds: float = 180.0) -> None:
        """Wait until every child serves.

        Raises:
            ChildFailedError: one ended, or is not ready after ``seconds``.
            StoppedError: ``stopping`` was set meanwhile.
        """
        deadline = time.monotonic() + seconds
        for running in self._running:
            while not running.child.ready():
                if self.stopping.wait(0.2):
                    raise StoppedError
                self._care()
                if time.monotonic() > deadline:
                    raise ChildFailedError(
                        f"{running.child.name} did not get ready in {seconds:.0f} seconds; "
                        f"see {self.log(running.child)}"
                    )

    def watch(self) -> None:
        """Restart what ends, until ``stopping`` is set.

        Raises:
            ChildFailedError: a child ended more often than it is restarted.
        """
        while not self.stopping.wait(0.5):
            self._care()

    def end(self) -> None:
        """End all children, the last started first, with everything they started themselves."""
        end_groups([running.process.pid for running in reversed(self._running)])
        for running in self._running:
            running.process.wait()
        self._running.clear()

    def log(self, child: Child) -> Path:
        """The log file of a child."""
        return self.logs / f"{child.name}.log"

    def _care(self) -> None:
        now = time.monotonic()
        for running in self._running:
            code = running.process.poll()
            if code is None:
                continue
            child, log = running.child, self.log(running.child)
            how = f"exit code {code}" if code >= 0 else f"signal {-code}"
            if now - running.since > _STEADY_SECONDS:
                running.restarts = 0
            if running.restarts >= RESTARTS:
                raise ChildFailedError(
                    f"{child.name} ended {RESTARTS + 1} times, the last time with {how}; see {log}"
                    f"{_last_line(log)}"
                )
            running.restarts += 1
            self.say(f"{child.name} ended with {how}, starting it again (see {log})")
            end_groups([running.process.pid])  # what it left behind would hold its port
            self.watchdog.gone(running.process.pid)
            running.process = self._spawn(child)
            running.since = now

    def _spawn(self, child: Child) -> subprocess.Popen[bytes]:
        with self.log(child).open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own commands
                child.command,
                cwd=self.directory,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C of the terminal reaches only us, and we end the group as a whole.
                start_new_session=True,
            )
        self.watchdog.group(process.pid)
        return process


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").split("\n")
    told = [line.strip() for line in lines if line.strip()]
    return f": {told[-1]}" if told else ""
