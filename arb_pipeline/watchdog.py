"""Ends what ``arb-pipeline up`` started, if ``up`` itself is killed.

What belongs here: ending groups of processes, and the small process that waits for its parent's
death to do so. It lives in a session of its own, is told through its standard input what is
running, and acts when that input ends without a ``done``. What does not: starting anything.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import psutil
from filelock import FileLock

from arb_pipeline.storage.local_server import LocalServer

GRACE_SECONDS = 10.0


class Watchdog:
    """The parent's end of the watchdog process.

    Args:
        lock: file that is locked as long as there may be something to end.
    """

    def __init__(self, lock: Path) -> None:
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "arb_pipeline.watchdog", lock],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        words, answer = self._process.stdin, self._process.stdout
        if words is None or answer is None or answer.readline() != "watching\n":
            raise RuntimeError("the watchdog process did not start")
        answer.close()
        self._words = words

    def group(self, group: int) -> None:
        """This process group has to end, too; later ones end first."""
        self._say(f"group {group}")

    def gone(self, group: int) -> None:
        """This group has ended; its number may come to belong to others."""
        self._say(f"gone {group}")

    def database(self, directory: Path) -> None:
        """The embedded server in ``directory`` has to stop, once all groups have ended."""
        self._say(f"database {directory}")

    def done(self) -> None:
        """Nothing is left to end."""
        if self._process.poll() is None:
            self._say("done")
        self._words.close()
        self._process.wait(timeout=GRACE_SECONDS)

    def _say(self, line: str) -> None:
        self._words.write(f"{line}\n")
        self._words.flush()


def end_groups(groups: Sequence[int], *, grace: float = GRACE_SECONDS) -> None:
    """End process groups one after the other: ask each, and after ``grace`` seconds kill it."""
    for group in groups:
        if not _signal(group, signal.SIGTERM):
            continue
        deadline = time.monotonic() + grace
        while _alive(group) and time.monotonic() < deadline:
            time.sleep(0.05)
        _signal(group, signal.SIGKILL)


def _signal(group: int, number: signal.Signals) -> bool:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # macOS refuses where only zombies are left
        return False
    return True


def _alive(group: int) -> bool:
    """Whether a process of the group still runs; zombies nobody waits for do not count."""
    for process in psutil.process_iter(["status"]):
        try:
            if os.getpgid(process.pid) == group and process.info["status"] != psutil.STATUS_ZOMBIE:
                return True
        except ProcessLookupError:
            continue
    return False


def main(lock: Path) -> None:
    """Wait for the end of standard input, then end what it named."""
    groups: list[int] = []
    database: Path | None = None
    with FileLock(lock):
        print("watching", flush=True)
        for line in sys.stdin:
            word, _, rest = line.rstrip("\n").partition(" ")
            if word == "group":
                groups.append(int(rest))
            elif word == "gone":
                groups.remove(int(rest))
            elif word == "database":
                database = Path(rest)
            elif word == "done":
                return
        end_groups(groups[::-1])
        if database is not None:
            LocalServer(database).stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
