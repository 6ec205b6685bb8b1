"""Supervision, with real processes that do nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from filelock import FileLock

from arb_pipeline.processes import RESTARTS, Child, ChildFailedError, StoppedError, Supervisor
from arb_pipeline.watchdog import Watchdog

# A child that has a child of its own, as Dagster's processes do, and says who that is.
FAMILY = """
import subprocess, sys, time
print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]).pid, flush=True)
time.sleep(60)
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("stubborn", flush=True)
time.sleep(60)
"""


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    watchdog = Watchdog(tmp_path / "cleanup.lock")
    supervisor = Supervisor(
        logs=tmp_path / "logs",
        environment=os.environ,
        directory=tmp_path,
        watchdog=watchdog,
        say=said.append,
    )
    said.clear()
    yield supervisor
    supervisor.end()
    watchdog.done()


said: list[str] = []


def python(name: str, code: str, ready: Callable[[], bool] = lambda: True) -> Child:
    return Child(name, [sys.executable, "-c", code], ready)


def alive(number: int) -> bool:
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def eventually(condition: Callable[[], bool], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def pid_in(log: Path) -> int:
    assert eventually(lambda: log.exists() and log.read_text().endswith("\n"))
    return int(log.read_text().split()[-1])


def test_the_end_reaches_grandchildren(supervisor: Supervisor) -> None:
    child = python("family", FAMILY)
    supervisor.start(child)
    grandchild = pid_in(supervisor.log(child))
    assert alive(grandchild)
    supervisor.end()
    assert eventually(lambda: not alive(grandchild))


def test_what_ends_is_started_again_and_its_remains_ended(supervisor: Supervisor) -> None:
    child = python("family", FAMILY)
    supervisor.start(child)
    log = supervisor.log(child)
    first = pid_in(log)
    os.kill(psutil.Process(first).ppid(), signal.SIGKILL)

    def say(line: str) -> None:
        said.append(line)
        threading.Timer(1, supervisor.stopping.set).start()

    supervisor.say = say
    supervisor.watch()
    assert len(said) == 1
    assert "family ended with signal 9" in said[0]
    assert str(log) in said[0]
    assert eventually(lambda: pid_in(log) != first)  # it goes on in the same log
    assert not alive(first)


def test_what_keeps_ending_stops_it_all_and_names_the_log(supervisor: Supervisor) -> None:
    child = python("broken", "raise SystemExit('no such table: prices')")
    supervisor.start(child)
    with pytest.raises(
        ChildFailedError, match=r"exit code 1.*broken\.log: no such table"
    ) as raised:
        supervisor.watch()
    assert f"{RESTARTS + 1} times" in str(raised.value)
    assert len(said) == RESTARTS


def test_readiness_is_waited_for(supervisor: Supervisor, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    code = f"import time, pathlib; time.sleep(0.3); pathlib.Path({str(mark)!r}).touch(); {FAMILY}"
    supervisor.start(python("slow", code, ready=mark.exists))
    supervisor.wait_until_ready()
    assert mark.exists()


def test_never_ready_is_an_error_that_names_the_log(supervisor: Supervisor) -> None:
    supervisor.start(python("mute", FAMILY, ready=lambda: False))
    with pytest.raises(ChildFailedError, match=r"mute did not get ready.*mute\.log"):
        supervisor.wait_until_ready(seconds=0.3)


def test_waiting_can_be_stopped(supervisor: Supervisor) -> None:
    supervisor.start(python("mute", FAMILY, ready=lambda: False))
    threading.Timer(0.2, supervisor.stopping.set).start()
    with pytest.raises(StoppedError):
        supervisor.wait_until_ready()


def test_the_log_of_the_run_before_is_kept(supervisor: Supervisor) -> None:
    child = python("family", FAMILY)
    supervisor.start(child)
    first = pid_in(supervisor.log(child))
    supervisor.end()
    supervisor.start(child)
    assert pid_in(supervisor.logs / "family.previous.log") == first
    assert pid_in(supervisor.log(child)) != first


@pytest.mark.slow
def test_who_does_not_listen_is_killed(supervisor: Supervisor) -> None:
    child = python("stubborn", STUBBORN)
    supervisor.start(child)
    assert eventually(lambda: "stubborn" in supervisor.log(child).read_text())
    supervisor.end()  # returns only when it is gone


def test_children_of_a_killed_parent_end(tmp_path: Path) -> None:
    """SIGKILL of the supervising process itself: the watchdog ends what it started."""
    parent_code = f"""
import os, sys, time
from pathlib import Path
from arb_pipeline.processes import Child, Supervisor
from arb_pipeline.watchdog import Watchdog
here = Path(sys.argv[1])
supervisor = Supervisor(
    logs=here / "logs", environment=os.environ, directory=here,
    watchdog=Watchdog(here / "cleanup.lock"), say=print,
)
supervisor.start(Child("family", [sys.executable, "-c", {FAMILY!r}]))
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", parent_code, tmp_path]) as parent:
        grandchild = pid_in(tmp_path / "logs" / "family.log")
        child = psutil.Process(grandchild).ppid()
        parent.kill()
    assert eventually(lambda: not alive(child) and not alive(grandchild))
    # Who wants to start again waits for this lock: the watchdog has it until all has ended.
    with FileLock(tmp_path / "cleanup.lock", timeout=60):
        pass
