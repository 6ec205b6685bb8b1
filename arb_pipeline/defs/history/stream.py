"""The value of the ``candles`` asset: a lazy stream that the IO manager drains.

The asset says which partitions, symbols and timeframes; nothing is asked of anyone until the IO
manager opens the stream. Memory holds one page per lane, whatever the length of the history.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field

from arb_pipeline.defs.history.lanes import Lane
from arb_pipeline.defs.outcomes import Report
from arb_pipeline.defs.partitions import ExchangeDay, windows
from arb_pipeline.defs.resources import ExchangesResource
from arb_pipeline.exchanges.client import ExchangeClient
from arb_pipeline.exchanges.errors import ExchangeError
from arb_pipeline.exchanges.registry import Exchanges
from arb_pipeline.model import CandlePage, Exchange, Instrument, Timeframe
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.reference import Reference


@dataclass(slots=True)
class CandleStream:
    """The candles of some partitions, not yet fetched.

    Attributes:
        days: the partitions.
        timeframes: the lengths of candles wanted.
        symbols: unified names or exchange ids; empty means all tracked symbols.
        refetch: ask again for what coverage already holds.
        in_parallel: symbols of one exchange fetched at the same time.
        grace_ms: how long after its close a candle is taken for final.
        report: where per-partition metadata goes.
    """

    days: Sequence[ExchangeDay]
    timeframes: Sequence[Timeframe]
    symbols: Sequence[str]
    refetch: bool
    in_parallel: int
    grace_ms: int
    with_charts: bool
    resource: ExchangesResource
    report: Report
    started: float = field(default_factory=time.monotonic)

    @asynccontextmanager
    async def open(self, pool: Pool) -> AsyncIterator[OpenStream]:
        """Resolve symbols, open the exchanges and lay out the lanes."""
        chosen = await self._instruments(pool)
        lanes = [
            Lane(instrument, timeframe, wanted, refetch=self.refetch)
            for exchange, wanted in windows(self.days).items()
            for instrument in chosen[exchange]
            for timeframe in self.timeframes
        ]
        async with self.resource.clients(pool) as exchanges:
            yield OpenStream(self, lanes, exchanges, pool)

    async def _instruments(self, pool: Pool) -> Mapping[Exchange, Sequence[Instrument]]:
        reference = await Reference.load(pool)
        exchanges = sorted({day.exchange for day in self.days})
        if not self.symbols:
            return {exchange: reference.tracked(exchange) for exchange in exchanges}
        return {
            exchange: [reference.find(exchange, name) for name in self.symbols]
            for exchange in exchanges
        }


class OpenStream:
    """A stream whose exchanges are open: lanes, and the pages of each."""

    def __init__(
        self, stream: CandleStream, lanes: Sequence[Lane], exchanges: Exchanges, pool: Pool
    ) -> None:
        self.stream = stream
        self.lanes = lanes
        self._exchanges = exchanges
        self._pool = pool
        self._down: dict[Exchange, ExchangeError] = {}
        self._turns = {
            lane.instrument.exchange: asyncio.Semaphore(stream.in_parallel) for lane in lanes
        }

    async def pages(self, lane: Lane) -> AsyncGenerator[CandlePage, None]:
        """The pages of a lane, one at a time, in the order of time."""
        exchange = lane.instrument.exchange
        found = lane.pages(
            # Asked for inside the lane: an exchange that can't be reached stops its lanes only.
            lambda: self._client(exchange),
            self._pool,
            grace_ms=self.stream.grace_ms,
            turn=self._turns[exchange],
        )
        async with aclosing(found):
            async for page in found:
                yield page
        if lane.closed_until is None and lane.failures:
            self._down.setdefault(exchange, lane.failures[0].error)

    def _client(self, exchange: Exchange) -> ExchangeClient:
        """The client, unless an earlier lane could not even read the exchange's clock."""
        if exchange in self._down:
            raise self._down[exchange]
        return self._exchanges[exchange]
