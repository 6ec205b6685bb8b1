"""The value of an asset of history: a lazy stream that the IO manager drains.

The asset says which partitions, symbols and data sets; nothing is asked of anyone until the IO
manager opens the stream. Memory holds the pages in flight, whatever the length of the history.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from arb_pipeline.defs.history.lanes import Lane, Means
from arb_pipeline.defs.history.sources import Source
from arb_pipeline.defs.outcomes import Report
from arb_pipeline.defs.partitions import ExchangeDay, windows
from arb_pipeline.defs.resources import ExchangesResource
from arb_pipeline.exchanges.client import ExchangeClient
from arb_pipeline.exchanges.errors import ExchangeError
from arb_pipeline.exchanges.registry import Exchanges
from arb_pipeline.model import Exchange, Instrument
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.reference import Reference
from arb_pipeline.storage.written import Written


@dataclass(slots=True)
class HistoryStream:
    """The history of some partitions, not yet fetched.

    Attributes:
        days: the partitions.
        sources: the data sets wanted; all of the asset's one data set.
        symbols: unified names or exchange ids; empty means all tracked symbols.
        refetch: ask again for what coverage already holds.
        symbols_in_parallel: symbols of one exchange fetched at the same time.
        pages_in_parallel: pages of the run between their request and their commit.
        grace_ms: how long after its end a row is taken for final.
        with_charts: whether partitions show a picture.
        chosen: whether somebody chose the days, rather than a schedule or a sensor.
        resource: the exchanges.
        report: where per-partition metadata goes.
        nothing: why there is nothing to fetch from an exchange, such as funding on spot.
    """

    days: Sequence[ExchangeDay]
    sources: Sequence[Source]
    symbols: Sequence[str]
    refetch: bool
    symbols_in_parallel: int
    pages_in_parallel: int
    grace_ms: int
    with_charts: bool
    chosen: bool
    resource: ExchangesResource
    report: Report
    nothing: Mapping[Exchange, str] = field(default_factory=dict)

    @asynccontextmanager
    async def open(
        self, pool: Pool, store: Callable[..., Awaitable[Written]]
    ) -> AsyncIterator[OpenStream]:
        """Resolve symbols, open the exchanges and lay out the lanes.

        Args:
            pool: for reading what is known.
            store: commits a page, as ``WriteQueue.write`` does.
        """
        chosen = await self._instruments(pool)
        lanes = [
            Lane(instrument, source, wanted, refetch=self.refetch)
            for exchange, wanted in windows(self.days).items()
            if exchange not in self.nothing
            for instrument in chosen[exchange]
            for source in self.sources
        ]
        async with self.resource.clients(pool) as exchanges:
            yield OpenStream(self, lanes, exchanges, pool, store)

    async def _instruments(self, pool: Pool) -> Mapping[Exchange, Sequence[Instrument]]:
        reference = await Reference.load(pool)
        exchanges = sorted({day.exchange for day in self.days} - self.nothing.keys())
        if not self.symbols:
            return {exchange: reference.tracked(exchange) for exchange in exchanges}
        return {
            exchange: [reference.find(exchange, name) for name in self.symbols]
            for exchange in exchanges
        }


class OpenStream:
    """A stream whose exchanges are open: lanes, ready to be filled.

    Attributes:
        lanes: one per symbol and data set.
    """

    def __init__(
        self,
        stream: HistoryStream,
        lanes: Sequence[Lane],
        exchanges: Exchanges,
        pool: Pool,
        store: Callable[..., Awaitable[Written]],
    ) -> None:
        self.lanes = lanes
        self._exchanges = exchanges
        self._down: dict[Exchange, ExchangeError] = {}
        names = {lane.instrument.exchange for lane in lanes}
        # Each exchange has places of its own, so that a slow one cannot take them all.
        places = max(1, stream.pages_in_parallel // max(1, len(names)))
        self._means = {name: self._of(name, stream, pool, store, places) for name in names}

    def _of(
        self,
        exchange: Exchange,
        stream: HistoryStream,
        pool: Pool,
        store: Callable[..., Awaitable[Written]],
        places: int,
    ) -> Means:
        return Means(
            # Asked for inside the lane: an exchange that can't be reached stops its lanes only.
            client=lambda: self._client(exchange),
            pool=pool,
            store=store,
            turns=asyncio.Semaphore(stream.symbols_in_parallel),
            places=asyncio.Semaphore(places),
            grace_ms=stream.grace_ms,
        )

    async def fill(self, lane: Lane) -> None:
        """Fetch and store everything the lane still needs."""
        exchange = lane.instrument.exchange
        await lane.fill(self._means[exchange])
        if lane.closed_until is None and lane.failures:
            self._down.setdefault(exchange, lane.failures[0].error)

    def _client(self, exchange: Exchange) -> ExchangeClient:
        """The client, unless an earlier lane could not even read the exchange's clock."""
        if exchange in self._down:
            raise self._down[exchange]
        return self._exchanges[exchange]
