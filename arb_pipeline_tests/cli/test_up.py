"""``arb-pipeline up`` as a user runs it: a process, its signals, and what it leaves behind."""

from __future__ import annotations

import signal
import socket
import time
import urllib.request
from contextlib import closing

import pytest

from arb_pipeline_tests.fixtures.machine import Machine

# Runs come and go beside these.
ONCE = (
    "arb_pipeline up",
    "arb_pipeline.watchdog",
    "simulator --port",
    "arb_pipeline.dagster_code_server api grpc",
    "dagster_webserver",
    "dagster._daemon",
    "postgres -D",
)


def is_once(running: list[str]) -> bool:
    """Whether each part runs, and none of them twice."""
    return all(sum(name in command for command in running) == 1 for name in ONCE)


@pytest.mark.slow
def test_it_starts_everything_survives_being_killed_and_ends_by_one_signal(
    machine: Machine,
) -> None:
    machine.up()
    machine.wait_until_up()
    machine.started[0].kill()
    machine.started[0].wait()

    # Nothing of the killed one is in the way: not its ports, its server or its processes.
    again = machine.up()
    machine.wait_until_up(times=2)
    address = f"http://127.0.0.1:{machine.environment['ARB_WEBSERVER_PORT']}"
    assert address in machine.output
    with urllib.request.urlopen(f"{address}/server_info") as answer:
        assert answer.status == 200
    # What was just forked bears its parent's name until it has its own.
    deadline = time.monotonic() + 30
    while not is_once(running := machine.processes()):
        assert time.monotonic() < deadline, running
        time.sleep(0.1)
    assert any("multiprocessing.forkserver" in command for command in running), running

    beside = machine.up()
    assert beside.wait(timeout=60) == 2
    assert "already up" in machine.output
    assert again.poll() is None

    again.send_signal(signal.SIGINT)
    assert again.wait(timeout=60) == 0, machine.output
    assert machine.processes() == [], machine.output
    assert machine.output.endswith("stopped\n")


def test_a_taken_port_is_said_before_anything_starts(machine: Machine) -> None:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", int(machine.environment["ARB_WEBSERVER_PORT"])))
        other.listen()
        assert machine.up().wait(timeout=60) == 2
    assert "ARB_WEBSERVER_PORT" in machine.output
    assert not (machine.home / "postgres").exists()
    assert machine.processes() == [], machine.output
