"""One lane: what is missing of one symbol and data set, its pages fetched side by side.

A page holds its place, of which a run has a fixed number, from before it is asked for until it is
committed. So memory has a bound, and a run that is killed fetches at most one page per place
again. Lanes run side by side too; one that fails stops itself only, and remembers why.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from arb_pipeline.defs.history.sources import Source
from arb_pipeline.exchanges.client import ExchangeClient
from arb_pipeline.exchanges.errors import ExchangeError, Permanent
from arb_pipeline.model import Instrument, Interval, merge
from arb_pipeline.storage import coverage
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.history_tables import Page
from arb_pipeline.storage.written import Counts, Written

# Pages of one symbol that may fail, none succeeding meanwhile, before the rest is left to the
# next run.
_PATIENCE = 3


@dataclass(frozen=True, slots=True)
class LaneFailure:
    """Why a stretch of a lane was not fetched."""

    interval: Interval
    error: ExchangeError


@dataclass(frozen=True, slots=True)
class Means:
    """What lanes of one exchange share.

    Attributes:
        client: the exchange; raises where it is known to be out of reach.
        pool: for reading coverage.
        store: commits a page; ``expect_empty`` as in ``PageWriter.write``.
        turns: one for each lane that may run.
        places: one for each page that may be between its request and its commit.
        grace_ms: how long after its end a row may still change.
    """

    client: Callable[[], ExchangeClient]
    pool: Pool
    store: Callable[..., Awaitable[Written]]
    turns: asyncio.Semaphore
    places: asyncio.Semaphore
    grace_ms: int


@dataclass(slots=True)
class Lane:
    """The wanted history of one symbol and data set, and what came of asking for it.

    Attributes:
        todo: units of history to ask for; until that is known, None.
        done: units of history committed.
    """

    instrument: Instrument
    source: Source
    wanted: Sequence[Interval]
    refetch: bool = False
    closed_until: int | None = None
    requests: int = 0
    days: dict[int, Counts] = field(default_factory=dict)
    failures: list[LaneFailure] = field(default_factory=list)
    rejections: int = 0
    todo: int | None = None
    done: int = 0
    _asked_until: int = 0
    _in_a_row: int = 0
    _end: ExchangeError | None = None

    async def fill(self, means: Means) -> None:
        """Ask for everything this lane still needs; errors are kept in ``failures``.

        What the first pass leaves open (refused rows, pages that failed) is asked for once more.

        Raises:
            asyncpg.PostgresError, OSError: the database is not what it should be.
        """
        async with means.turns:
            try:
                client = means.client()
                now = await client.clock()
            except ExchangeError as error:
                self.failures += [LaneFailure(interval, error) for interval in self.wanted]
                return
            # By one look: what the judge expects is never later than what is asked for.
            self._asked_until = self.source.asked_until(now, means.grace_ms)
            self.closed_until = self.source.closed_until(client.exchange, now, means.grace_ms)
            missing = self._wanted_until_now() if self.refetch else await self._missing(means.pool)
            self.todo = self.source.count(missing)
            await self._pass(client, means, missing)
            if self.rejections or self.failures:
                gaps = await self._missing(means.pool)
                if gaps and not self._hopeless():
                    self.failures.clear()
                    await self._pass(client, means, gaps)

    def expected(self, now: int) -> int:
        """Units of history this lane asks for in all, as far as that is known."""
        if self.todo is not None:
            return self.todo
        return self.source.count([part.intersect(Interval(0, now)) for part in self.wanted])

    def _note(self, page: Page, written: Written) -> None:
        self.requests += page.requests
        self.rejections += len(written.rejected)
        self.done += self.source.count([page.asked])
        for day, counts in written.days.items():
            self.days.setdefault(day, Counts()).add(counts)

    def _hopeless(self) -> bool:
        permanent = any(isinstance(failure.error, Permanent) for failure in self.failures)
        return permanent or len(self.failures) >= _PATIENCE

    def _wanted_until_now(self) -> list[Interval]:
        last = self._asked_until
        end = min(last, self.instrument.delisted_at or last)
        aligned = (self.source.align(interval) for interval in self.wanted)
        return [part for i in aligned if (part := i.intersect(Interval(0, end)))]

    async def _missing(self, pool: Pool) -> list[Interval]:
        found: list[Interval] = []
        async with pool.acquire() as connection:
            for interval in self._wanted_until_now():
                gaps = await coverage.missing(
                    connection,
                    symbol_ids=[self.instrument.symbol_id],
                    data_set=self.source.data_set,
                    timeframe=self.source.timeframe,
                    interval=interval,
                )
                found += gaps.get(self.instrument.symbol_id, [])
        return found

    async def _pass(
        self, client: ExchangeClient, means: Means, windows: Sequence[Interval]
    ) -> None:
        """Ask for every piece once; after too many failures the rest is left."""
        self._in_a_row, self._end = 0, None
        pieces: list[Interval] = []
        try:
            for window in windows:
                pieces += await self.source.pieces(client, self.instrument, window)
        except ExchangeError as error:
            self.failures += [LaneFailure(window, error) for window in windows]
            return
        async with asyncio.TaskGroup() as group:
            for place, piece in enumerate(pieces):
                await means.places.acquire()
                if self._end is not None:
                    means.places.release()
                    left = merge(pieces[place:])
                    self.failures += [LaneFailure(part, self._end) for part in left]
                    return
                task = group.create_task(self._piece(client, means, piece))
                task.add_done_callback(lambda _: means.places.release())

    async def _piece(self, client: ExchangeClient, means: Means, piece: Interval) -> None:
        """Fetch and store the pages of one piece; a page that fails is left out."""
        start = piece.start
        while start < piece.end:
            rest = Interval(start, piece.end)
            try:
                async for page in self.source.pages(client, self.instrument, rest, means.grace_ms):
                    written = await means.store(page, expect_empty=not self.refetch)
                    self._note(page, written)
                    self._in_a_row = 0
                    start = page.asked.end
            except ExchangeError as error:
                failed = error.interval or rest
                start = failed.end
                self._in_a_row += 1
                if isinstance(error, Permanent) or self._in_a_row >= _PATIENCE:
                    self._end = error
                if self._end is not None:
                    self.failures.append(LaneFailure(Interval(failed.start, piece.end), error))
                    return
                self.failures.append(LaneFailure(failed, error))
            else:
                self._settle(start, piece)
                return

    def _settle(self, reached: int, piece: Interval) -> None:
        """Pages that end before their window say that what follows may not be final yet."""
        if self.closed_until is not None and reached < min(piece.end, self.closed_until):
            self.closed_until = reached
