"""What a lane fetches: one data set, in pages, whatever it consists of.

What belongs here: the protocol that lanes, streams and the judge know of a data set, and candles
as the first of them. What does not: requests and rows (``exchanges/``).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from arb_pipeline.exchanges import archive_candles, archive_windows
from arb_pipeline.exchanges.candle_windows import closed_until, independent_windows
from arb_pipeline.exchanges.candles import candle_pages
from arb_pipeline.exchanges.client import ExchangeClient
from arb_pipeline.model import DataSet, Exchange, Instrument, Interval, Timeframe
from arb_pipeline.storage.history_tables import Page


class Source(Protocol):
    """One data set, and how a stretch of its past is fetched; the same for every instrument."""

    @property
    def data_set(self) -> DataSet:
        """What ``coverage`` calls it."""

    @property
    def timeframe(self) -> str:
        """Length of the candles; empty where there are none."""

    @property
    def unit(self) -> str:
        """What :meth:`count` counts, plural, as in "12 candles missing"."""

    def count(self, intervals: Sequence[Interval]) -> int:
        """How many units of history these intervals hold."""

    def align(self, interval: Interval) -> Interval:
        """The stretch whose coverage the rows of ``interval`` fill; it may be empty."""

    def asked_until(self, now: int, grace_ms: int) -> int:
        """Up to when it is worth asking at ``now``, the exchange's time, milliseconds."""

    def closed_until(self, exchange: Exchange, now: int, grace_ms: int) -> int:
        """Up to when the past is final; what is younger is stored, and asked for again."""

    async def pieces(
        self, client: ExchangeClient, instrument: Instrument, window: Interval
    ) -> Sequence[Interval]:
        """``window`` cut into pieces that may be asked for at the same time, oldest first.

        Raises:
            ExchangeError: the exchange can't be asked.
        """

    def pages(
        self, client: ExchangeClient, instrument: Instrument, window: Interval, grace_ms: int
    ) -> AsyncIterator[Page]:
        """The pages of a piece, or of the rest of one, in the order of time, without a gap.

        They end before the window where what follows may not be final yet.

        Raises:
            ExchangeError: a page could not be fetched; ``interval`` says which.
        """


@dataclass(frozen=True, slots=True)
class CandleSource:
    """Candles of one length.

    Attributes:
        length: the length.
        archives: whether whole months may come out of files, where the client has any.
    """

    length: Timeframe
    archives: bool = True
    data_set: DataSet = DataSet.CANDLES
    unit: str = "candles"

    @property
    def timeframe(self) -> str:
        """See ``Source``."""
        return self.length.name

    def count(self, intervals: Sequence[Interval]) -> int:
        """See ``Source``."""
        return sum(len(self.length.opens(interval)) for interval in intervals)

    def align(self, interval: Interval) -> Interval:
        """See ``Source``."""
        return self.length.align(interval)

    def asked_until(self, now: int, grace_ms: int) -> int:
        """See ``Source``: a candle that is not closed is none."""
        return closed_until(self.length, now, grace_ms)

    def closed_until(self, exchange: Exchange, now: int, grace_ms: int) -> int:
        """See ``Source``."""
        return self.asked_until(now, grace_ms)

    async def pieces(
        self, client: ExchangeClient, instrument: Instrument, window: Interval
    ) -> Sequence[Interval]:
        """See ``Source``."""
        if client.archives is not None and self.archives:
            return await archive_windows.pieces(client, self.length, window)
        return await independent_windows(client, self.length, window)

    def pages(
        self, client: ExchangeClient, instrument: Instrument, window: Interval, grace_ms: int
    ) -> AsyncIterator[Page]:
        """See ``Source``."""
        pages = candle_pages
        if client.archives is not None and self.archives:
            pages = archive_candles.pages
        return pages(client, instrument, self.length, window, grace_ms=grace_ms)
