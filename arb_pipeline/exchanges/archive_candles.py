"""Candles out of Binance's monthly archives, in the pages of the REST interface.

What belongs here: cutting a file into pages, and what is asked of the REST interface all the same.
What does not: which months are worth a file (``archive_windows.py``), fetching it
(``archives.py``), and judging rows (``candle_rows.py``, the same for both ways).

What a file says about a stretch of time:

* a row is there: the candle is present, as over REST;
* none is there, or it was refused: that proves nothing. Whole days were missing in files that REST
  had (binance-public-data, issues 186, 253, 346). From the first such candle of a page to its last
  REST is asked, and only what it does not have, asked twice, is absent;
* there is no file, it is not what its checksum says, or can't be read: REST is asked for the rest.

Some rows of old files differ from what REST says today (issue 475 names 398 of 2020 and 2021):
fetching them again asks REST.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence

from arb_pipeline.exchanges.archive_rows import LineReader, by_window
from arb_pipeline.exchanges.archive_windows import archived, months
from arb_pipeline.exchanges.archive_zip import BrokenArchive, archive_blocks
from arb_pipeline.exchanges.archives import Archives, archive_name
from arb_pipeline.exchanges.candle_columns import ColumnReader, ParsedRows
from arb_pipeline.exchanges.candle_dialects import CANDLE_DIALECTS
from arb_pipeline.exchanges.candle_rows import RowReader
from arb_pipeline.exchanges.candles import candle_pages
from arb_pipeline.exchanges.client import Counters, ExchangeClient
from arb_pipeline.exchanges.errors import Refused
from arb_pipeline.exchanges.shapes import WrongShape
from arb_pipeline.model import (
    CandlePage,
    CandleRow,
    Instrument,
    Interval,
    Rejection,
    Timeframe,
    merge,
    subtract,
)

log = logging.getLogger("arb_pipeline.exchanges")

# Rows of one page. Longer ones do not fit a processor's cache, and are read at half the pace.
_ROWS = 1440


async def pages(
    client: ExchangeClient,
    instrument: Instrument,
    timeframe: Timeframe,
    window: Interval,
    *,
    grace_ms: int,
) -> AsyncIterator[CandlePage]:
    """``candle_pages``, of which those that are worth it come out of files.

    Raises:
        NotSupported: the exchange has no such timeframe.
        ExchangeError: a page could not be fetched over REST; ``interval`` says which.
    """
    parts = await archived(client, timeframe, window)
    for stretch in sorted([*parts, *subtract(timeframe.align(window), parts)]):
        start, tally = stretch.start, Counters()
        if stretch in parts and client.archives is not None:
            month = _Month(client, client.archives, instrument, timeframe, grace_ms)
            async for page in month.pages(stretch, tally):
                yield _told(page, tally)
                start = page.asked.end
        if start < stretch.end:
            rest = Interval(start, stretch.end)
            async for page in candle_pages(client, instrument, timeframe, rest, grace_ms=grace_ms):
                yield _told(page, tally)


def _told(page: CandlePage, tally: Counters) -> CandlePage:
    """The page, with the requests for the file if it is the first after them."""
    page.requests += tally.requests
    tally.requests = 0
    return page


class _Month:
    """One file's candles."""

    def __init__(
        self,
        client: ExchangeClient,
        archives: Archives,
        instrument: Instrument,
        timeframe: Timeframe,
        grace_ms: int,
    ) -> None:
        self._client = client
        self._archives = archives
        self._instrument = instrument
        self._timeframe = timeframe
        self._grace_ms = grace_ms
        means = CANDLE_DIALECTS[instrument.exchange], timeframe, instrument.contract_size
        self._reader = LineReader(RowReader(*means), ColumnReader(*means))

    async def pages(self, part: Interval, tally: Counters) -> AsyncIterator[CandlePage]:
        """The pages of ``part``; they end early where the file can't be had or read."""
        async with self._archives.turns:
            zipped = await self._file(part, tally)
            if zipped is None:
                return
            length = _ROWS * self._timeframe.milliseconds
            windows = [
                Interval(start, min(start + length, part.end))
                for start in range(part.start, part.end, length)
            ]
            try:
                for window, lines in by_window(archive_blocks(*zipped), windows):
                    async for page in self._page(window, self._reader.read(lines, window)):
                        yield page
            except (BrokenArchive, WrongShape) as problem:
                log.warning(
                    "the archive of %s %s of %s: %s; REST is asked for the rest of it",
                    *(self._instrument, self._timeframe.name, part, problem),
                )

    async def _file(self, part: Interval, tally: Counters) -> tuple[bytes, str] | None:
        """The month's zip, and what the file in it is called."""
        (month,) = months(part)
        try:
            zipped = await self._archives.month(self._instrument, self._timeframe, month, tally)
        except Refused as error:
            log.warning("%s; REST is asked for %s", error, part)
            return None
        if zipped is None:
            log.info(
                "no archive of %s %s for %s; REST is asked",
                *(self._instrument, self._timeframe.name, part),
            )
            return None
        return zipped, f"{archive_name(self._instrument, self._timeframe, month)}.csv"

    async def _page(self, window: Interval, parsed: ParsedRows) -> AsyncIterator[CandlePage]:
        """What lies in one window: rows of the file, and REST's from the first gap to the last."""
        rows, rejected = parsed.rows, parsed.rejected
        hole = self._hole(window, rows)
        if not hole:
            yield CandlePage(self._instrument, self._timeframe, window, rows, rejected=rejected)
            return
        before, after = Interval(window.start, hole.start), Interval(hole.end, window.end)
        if before:
            yield self._part(before, rows, rejected)
            rejected = []
        async for page in candle_pages(
            self._client, self._instrument, self._timeframe, hole, grace_ms=self._grace_ms
        ):
            page.rejected += rejected
            rejected = []
            yield page
        if after:
            yield self._part(after, rows, rejected)

    def _part(
        self, part: Interval, rows: Sequence[CandleRow], rejected: list[Rejection]
    ) -> CandlePage:
        inside = [row for row in rows if part.start <= row[0] < part.end]
        return CandlePage(self._instrument, self._timeframe, part, inside, rejected=rejected)

    def _hole(self, window: Interval, rows: Sequence[CandleRow]) -> Interval:
        """From the first candle that is not there to the last; empty where all are."""
        length = self._timeframe.milliseconds
        if len(rows) * length == window.end - window.start:
            return Interval(window.end, window.end)
        gaps = subtract(window, merge(Interval(row[0], row[0] + length) for row in rows))
        return Interval(gaps[0].start, gaps[-1].end)
