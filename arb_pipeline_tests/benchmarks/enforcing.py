"""A simulator as far away as an exchange, with its real limits, in a process of its own."""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe

import psutil

from arb_pipeline_tests.benchmarks.parts import Served

_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Enforcing:
    """The simulator, and what it answered.

    Attributes:
        served: where it is.
    """

    served: Served
    _pipe: Pipe

    def statuses(self) -> Counter[int]:
        """How often it answered with which HTTP status since it was last asked this."""
        self._pipe.send("statuses")
        found: Counter[int] = self._pipe.recv()
        return found


def _serve(pipe: Pipe, latency_ms: int) -> None:
    from arb_pipeline.simulator import Simulator

    simulator = Simulator()
    simulator.latency_ms = latency_ms
    told: Counter[int] = Counter()
    with simulator.serve():
        pipe.send(simulator.company_urls)
        while True:
            try:
                pipe.recv()
            except EOFError:
                return
            every = Counter(record.status for record in simulator.requests.select())
            pipe.send(every - told)
            told = every


@contextmanager
def enforcing_simulator(latency_ms: int) -> Iterator[Enforcing]:
    """Serve for the length of the block."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    server = spawn.Process(target=_serve, args=(theirs, latency_ms))
    server.start()
    theirs.close()
    try:
        yield Enforcing(Served(ours.recv(), psutil.Process(server.pid)), ours)
    finally:
        ours.close()
        server.join()


def wait_for_a_fresh_minute() -> None:
    """Sleep until the next window of a minute begins, so that its whole weight is there."""
    time.sleep(_MINUTE - time.time() % _MINUTE + 0.5)
