"""Which stretches of time are worth a file of Binance's monthly archive.

What belongs here: months, and cutting a stretch into parts that are taken out of files and parts
that are asked for. What does not: files (``archives.py``) and pages (``archive_candles.py``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from arb_pipeline.exchanges.candle_windows import independent_windows
from arb_pipeline.exchanges.catalog import capability
from arb_pipeline.exchanges.client import ExchangeClient
from arb_pipeline.model import DAY_MS, DataSet, Interval, Timeframe, subtract

# A month is published on the first Monday after it.
_PUBLISHED_AFTER_MS = 8 * DAY_MS
# A file is worth it for at least this share of its month, and for more than so many pages of REST:
# it takes two requests, one after the other, and comes whole.
_SHARE = 4
_PAGES = 4


def months(window: Interval) -> Iterator[Interval]:
    """The UTC months that touch ``window``, whole, oldest first."""
    moment = datetime.fromtimestamp(window.start // 1000, tz=UTC)
    first = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while (start := int(first.timestamp()) * 1000) < window.end:
        first = (first + timedelta(days=31)).replace(day=1)
        yield Interval(start, int(first.timestamp()) * 1000)


async def archived(
    client: ExchangeClient, timeframe: Timeframe, window: Interval
) -> list[Interval]:
    """The parts of ``window`` that are worth a file, each of one UTC month, oldest first.

    Raises:
        ExchangeError: the exchange's clock can't be read.
    """
    if client.archives is None:
        return []
    declared = capability(client.exchange, DataSet.CANDLES, timeframe.name)
    fewest = _PAGES * declared.page_size * timeframe.milliseconds
    published = await client.clock() - _PUBLISHED_AFTER_MS
    parts = []
    for month in months(timeframe.align(window)):
        part = month.intersect(window)
        length = part.end - part.start
        if (
            month.end <= published
            and length > fewest
            and length * _SHARE >= month.end - month.start
        ):
            parts.append(part)
    return parts


async def pieces(
    client: ExchangeClient, timeframe: Timeframe, window: Interval
) -> Sequence[Interval]:
    """``independent_windows``, with each part that is worth a file as one piece.

    Raises:
        ExchangeError: the exchange's clock can't be read.
    """
    window = timeframe.align(window)
    parts = await archived(client, timeframe, window)
    found = list(parts)
    for rest in subtract(window, parts):
        found += await independent_windows(client, timeframe, rest)
    return sorted(found)
