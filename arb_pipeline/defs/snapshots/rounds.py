"""One round of sampling: every exchange and data set at the same moment, each by itself.

What belongs here: waiting for the moment, asking all exchanges side by side, each within its own
time limit, and handing over each answer as it arrives. What does not: storing (the IO manager).

A round runs in a thread of its own. The steps of a run, which Dagster runs one after the other,
only collect from it: so a data set is never sampled later because another one hangs.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from queue import Queue
from typing import Any

from arb_pipeline.exchanges.errors import ExchangeError, Transient, Unreachable
from arb_pipeline.model import DataSet, Exchange, SnapshotPage, now_ms

log = logging.getLogger("arb_pipeline.defs")

# Asks one exchange for one data set; a string says why there is nothing to ask for.
Asker = Callable[[Exchange, DataSet], Awaitable[SnapshotPage[Any] | str]]


class TooLateError(RuntimeError):
    """The moment of a round has passed; a snapshot of the past cannot be taken."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a round has to do.

    Attributes:
        moment: when to sample, milliseconds; a moment that has passed means at once.
        latest_ms: how long after the moment sampling is still worth it; None: always.
        limit_seconds: for one exchange's sample of one data set.
        retries: how often a sample that failed for the moment is taken again.
        retry_seconds: before the first time; each further pause is twice as long.
    """

    moment: int
    latest_ms: int | None
    limit_seconds: float
    retries: int = 0
    retry_seconds: float = 0.0


@dataclass(slots=True)
class Sample:
    """What became of one exchange and data set.

    Attributes:
        page: what was received; None where ``error`` says why there is none.
        note: why there was nothing to ask for.
        sampled_at: when the exchange was first asked, milliseconds.
        seconds: how long it took.
    """

    exchange: Exchange
    data_set: DataSet
    sampled_at: int
    seconds: float = 0.0
    page: SnapshotPage[Any] | None = None
    error: ExchangeError | None = None
    note: str | None = None
    attempts: int = 1


@dataclass(slots=True)
class Round:
    """Samples every pair of exchange and data set once.

    Attributes:
        opened: opens everything the samples need, before the moment; yields what asks.
        failure: why the whole round failed.
    """

    plan: Plan
    exchanges: Sequence[Exchange]
    data_sets: Sequence[DataSet]
    opened: AbstractAsyncContextManager[Asker]
    failure: BaseException | None = None
    _arrived: Mapping[DataSet, Queue[Sample | None]] = field(init=False)
    _thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self._arrived = {data_set: Queue() for data_set in self.data_sets}
        self._thread = threading.Thread(target=self._run, name="sampling", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def samples(self, data_set: DataSet) -> Iterator[Sample]:
        """The samples of one data set, each as soon as it is there; to be asked for once.

        Raises:
            TooLateError: the moment has passed too long ago.
            Exception: nothing could be sampled at all, such as without a database.
        """
        for _ in self.exchanges:
            sample = self._arrived[data_set].get()
            if sample is None:
                raise self.failure or AssertionError("a round ends with its samples or a failure")
            yield sample

    def _run(self) -> None:
        try:
            asyncio.run(self._sample())
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that collects
            self.failure = error
            for queue in self._arrived.values():
                queue.put(None)

    async def _sample(self) -> None:
        async with self.opened as ask:
            late = now_ms() - self.plan.moment
            if self.plan.latest_ms is not None and late > self.plan.latest_ms:
                raise TooLateError(
                    f"the run was ready to sample {late / 1000:.1f} s after its moment, later than "
                    "ARB_BEAT_LATEST_SECONDS allows: the machine is too busy, or the run waited in "
                    "the queue. Nothing was sampled"
                )
            # Sleep to the moment itself: a sleep may return early by a clock's tick.
            while (left := self.plan.moment - now_ms()) > 0:  # noqa: ASYNC110
                await asyncio.sleep(left / 1000)
            async with asyncio.TaskGroup() as group:
                for data_set in self.data_sets:
                    for exchange in self.exchanges:
                        group.create_task(self._one(ask, exchange, data_set))

    async def _one(self, ask: Asker, exchange: Exchange, data_set: DataSet) -> None:
        sample = Sample(exchange, data_set, sampled_at=now_ms())
        started = time.monotonic()
        pause = self.plan.retry_seconds
        while True:
            await self._attempt(ask, sample)
            worth_it = isinstance(sample.error, Transient)
            if not worth_it or sample.attempts > self.plan.retries:
                break
            log.warning("%s; asking again in %.0f s", sample.error, pause)
            await asyncio.sleep(pause)
            pause *= 2
            sample.attempts += 1
        sample.seconds = time.monotonic() - started
        self._arrived[data_set].put(sample)

    async def _attempt(self, ask: Asker, sample: Sample) -> None:
        limit = self.plan.limit_seconds
        sample.error = None
        try:
            async with asyncio.timeout(limit):
                answer = await ask(sample.exchange, sample.data_set)
        except ExchangeError as error:
            sample.error = error
        except TimeoutError:
            sample.error = Unreachable(
                sample.exchange, f"no answer within {limit:g} s", subject=sample.data_set.value
            )
        else:
            if isinstance(answer, str):
                sample.note = answer
            else:
                sample.page = answer
