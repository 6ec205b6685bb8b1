"""Trades, settled funding and own fills as sources of history: events, not a grid of candles.

What belongs here: how a stretch of them is cut and counted. What does not: requests and rows
(``exchanges/``).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from arb_pipeline.exchanges.candle_windows import SETTLED_AFTER_MS
from arb_pipeline.exchanges.catalog import capability
from arb_pipeline.exchanges.client import ExchangeClient
from arb_pipeline.exchanges.fills import fill_pages
from arb_pipeline.exchanges.funding_history import funding_pages
from arb_pipeline.exchanges.trades import trade_pages
from arb_pipeline.model import DataSet, Exchange, HistoryPage, Instrument, Interval

_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class EventSource:
    """A data set whose rows come when they come; what is known of it is stretches of time.

    Attributes:
        data_set: what ``coverage`` calls it.
        fetch: gives the pages of a stretch.
        daily: whether days may be asked for side by side; payments are so few that one answer
            holds months of them.
    """

    data_set: DataSet
    fetch: Callable[..., AsyncIterator[HistoryPage]]
    daily: bool = True
    timeframe: str = ""
    unit: str = "minutes"

    def count(self, intervals: Sequence[Interval]) -> int:
        """Whole minutes of these intervals."""
        return sum(interval.end - interval.start for interval in intervals) // _MINUTE_MS

    def align(self, interval: Interval) -> Interval:
        """The interval itself: events are looked for in any stretch."""
        return interval

    def asked_until(self, now: int, grace_ms: int) -> int:
        """See ``Source``; what is younger is left to the next run."""
        return now - max(grace_ms, SETTLED_AFTER_MS)

    def closed_until(self, exchange: Exchange, now: int, grace_ms: int) -> int:
        """See ``Source``."""
        late = capability(exchange, self.data_set).grace_ms
        return self.asked_until(now, max(grace_ms, late))

    async def pieces(
        self, client: ExchangeClient, instrument: Instrument, window: Interval
    ) -> Sequence[Interval]:
        """See ``Source``."""
        return list(window.days()) if self.daily else [window]

    def pages(
        self, client: ExchangeClient, instrument: Instrument, window: Interval, grace_ms: int
    ) -> AsyncIterator[HistoryPage]:
        """See ``Source``."""
        return self.fetch(client, instrument, window, grace_ms=grace_ms)


TRADES = EventSource(DataSet.TRADES, trade_pages)
FUNDING = EventSource(DataSet.FUNDING_RATES, funding_pages, daily=False)
FILLS = EventSource(DataSet.ACCOUNT_TRADES, fill_pages, daily=False)
