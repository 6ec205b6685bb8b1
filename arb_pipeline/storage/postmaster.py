"""The process of an embedded server, seen from outside.

What belongs here: telling whether a server lives in a data directory, and removing what a killed
one left in its way. What does not: starting and stopping it (``local_server``).
"""

from __future__ import annotations

import signal
import time
from pathlib import Path

import psutil

PORT = 5432  # names the socket's file; nothing listens on the network


def find(data: Path) -> psutil.Process | None:
    """The process that serves ``data``, if it is alive and really is that server."""
    try:
        number = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        process = psutil.Process(number)
        return process if _lives(process) and str(data) in process.cmdline() else None
    except (OSError, ValueError, psutil.Error):
        return None  # no file, an empty one, or the number of a process long gone


def stop(data: Path, *, seconds: float) -> bool:
    """End the server, rolling back what is open, and wait until it is gone.

    Signals it directly: ``pg_ctl`` would have to reach the directory as the server's user.

    Returns:
        Whether there was one.

    Raises:
        psutil.TimeoutExpired: it is still there after ``seconds``.
    """
    process = find(data)
    if process is None:
        return False
    process.send_signal(signal.SIGINT)  # PostgreSQL's "fast shutdown"
    deadline = time.monotonic() + seconds
    while _lives(process):
        if time.monotonic() > deadline:
            raise psutil.TimeoutExpired(seconds, process.pid, "postgres")
        time.sleep(0.02)
    return True


def _lives(process: psutil.Process) -> bool:
    """Whether it still runs; a zombie that nobody waits for does not."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def clear_leftovers(data: Path, sockets: Path) -> None:
    """Remove the lock files of a server that was killed.

    Their number may by now belong to another process, or to a dead one nobody has waited for;
    PostgreSQL would take either for a running server. Children of the killed server that still
    use its shared memory are found by PostgreSQL itself.
    """
    socket = sockets / f".s.PGSQL.{PORT}"
    for path in (data / "postmaster.pid", socket, socket.with_name(f"{socket.name}.lock")):
        path.unlink(missing_ok=True)
