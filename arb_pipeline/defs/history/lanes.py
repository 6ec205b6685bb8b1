"""One lane: the missing candles of one symbol and timeframe, page after page.

A lane asks for the next page only when the one before is committed, so a run that is killed
fetches at most one page per symbol again. Lanes run side by side; one that fails stops itself
only, and remembers why.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field

from arb_pipeline.exchanges.candles import candle_pages, closed_until
from arb_pipeline.exchanges.client import ExchangeClient
from arb_pipeline.exchanges.errors import ExchangeError, Permanent
from arb_pipeline.model import CandlePage, DataSet, Instrument, Interval, Timeframe
from arb_pipeline.storage import coverage
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.written import Counts, Written

# Pages of one symbol that may fail one after the other before the rest is left to the next run.
_PATIENCE = 3


@dataclass(frozen=True, slots=True)
class LaneFailure:
    """Why a stretch of a lane was not fetched."""

    interval: Interval
    error: ExchangeError


@dataclass(slots=True)
class Lane:
    """The wanted candles of one symbol and timeframe, and what came of asking for them."""

    instrument: Instrument
    timeframe: Timeframe
    wanted: Sequence[Interval]
    refetch: bool = False
    closed_until: int | None = None
    requests: int = 0
    days: dict[int, Counts] = field(default_factory=dict)
    failures: list[LaneFailure] = field(default_factory=list)
    rejections: int = 0

    def note(self, page: CandlePage, written: Written) -> None:
        """Add what became of a page to the lane's books."""
        self.requests += page.requests
        self.rejections += len(written.rejected)
        for day, counts in written.days.items():
            self.days.setdefault(day, Counts()).add(counts)

    async def pages(
        self,
        client: Callable[[], ExchangeClient],
        pool: Pool,
        *,
        grace_ms: int,
        turn: asyncio.Semaphore,
    ) -> AsyncGenerator[CandlePage, None]:
        """Every page this lane still needs; errors end the lane and are kept in ``failures``.

        What the first pass leaves open (refused rows, pages that failed) is asked for once more.
        """
        async with turn:
            try:
                asked = client()
                self.closed_until = await closed_until(asked, self.timeframe, grace_ms)
            except ExchangeError as error:
                self.failures += [LaneFailure(interval, error) for interval in self.wanted]
                return
            missing = self._wanted_until_now() if self.refetch else await self._missing(pool)
            async for page in self._pass(asked, missing, grace_ms):
                yield page
            if self.rejections or self.failures:
                gaps = await self._missing(pool)
                if gaps and not self._hopeless():
                    self.failures.clear()
                    async for page in self._pass(asked, gaps, grace_ms):
                        yield page

    def _hopeless(self) -> bool:
        permanent = any(isinstance(failure.error, Permanent) for failure in self.failures)
        return permanent or len(self.failures) >= _PATIENCE

    def _wanted_until_now(self) -> list[Interval]:
        last = self.closed_until or 0
        end = min(last, self.instrument.delisted_at or last)
        aligned = (self.timeframe.align(interval) for interval in self.wanted)
        return [part for i in aligned if (part := i.intersect(Interval(0, end)))]

    async def _missing(self, pool: Pool) -> list[Interval]:
        found: list[Interval] = []
        async with pool.acquire() as connection:
            for interval in self._wanted_until_now():
                gaps = await coverage.missing(
                    connection,
                    symbol_ids=[self.instrument.symbol_id],
                    data_set=DataSet.CANDLES,
                    timeframe=self.timeframe.name,
                    interval=interval,
                )
                found += gaps.get(self.instrument.symbol_id, [])
        return found

    def _settle(self, reached: int, window: Interval) -> None:
        """Pages that end before their window say that what follows may not be final yet."""
        if self.closed_until is not None and reached < min(window.end, self.closed_until):
            self.closed_until = reached

    async def _pass(
        self, client: ExchangeClient, windows: Sequence[Interval], grace_ms: int
    ) -> AsyncGenerator[CandlePage, None]:
        in_a_row = 0
        for window in windows:
            start = window.start
            while start < window.end:
                rest = Interval(start, window.end)
                try:
                    async for page in candle_pages(
                        client, self.instrument, self.timeframe, rest, grace_ms=grace_ms
                    ):
                        in_a_row = 0
                        yield page
                        start = page.asked.end
                    self._settle(start, window)
                    break
                except ExchangeError as error:
                    in_a_row += 1
                    failed = error.interval or rest
                    start = failed.end
                    if isinstance(error, Permanent) or in_a_row >= _PATIENCE:
                        left = [Interval(failed.start, window.end)]
                        left += [later for later in windows if later.start >= window.end]
                        self.failures += [LaneFailure(part, error) for part in left]
                        return
                    self.failures.append(LaneFailure(failed, error))
