"""Whose history is to be complete: the data sets that are kept, and what of them can be had.

What belongs here: the table of data sets whose past can be fetched, and turning registrations into
lines with a beginning and an end. What does not: what of a line is missing (``storage/repair``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from arb_pipeline.exchanges.candles import horizon
from arb_pipeline.exchanges.catalog import capability
from arb_pipeline.exchanges.errors import NotSupported
from arb_pipeline.model import DAY_MS, TIMEFRAMES, DataSet, Exchange, Interval, Timeframe
from arb_pipeline.settings import settings
from arb_pipeline.storage.registrations import Collected, Line, Registration

# What has no timeframe begins and ends at any instant.
_INSTANTS = Timeframe("", 1)


@dataclass(frozen=True, slots=True)
class Kept:
    """A data set whose history is kept complete.

    Attributes:
        asset: what fetches it; takes ``symbols`` and ``refetch`` as configuration, and
            ``timeframes`` where there are any.
        data_set: its name in ``coverage``.
        timeframes: which are collected, one empty name where it has none.
        reach: the first instant an exchange serves in a timeframe at a moment; None where it
            serves everything. Raises NotSupported where it serves nothing.
        page_ms: how much time one request covers.
    """

    asset: str
    data_set: str
    timeframes: Callable[[], Sequence[str]]
    reach: Callable[[Exchange, str, int], int | None]
    page_ms: Callable[[Exchange, str], int]


def _candle_reach(exchange: Exchange, timeframe: str, now: int) -> int | None:
    return horizon(exchange, TIMEFRAMES[timeframe], now)


def _candle_page(exchange: Exchange, timeframe: str) -> int:
    rows = capability(exchange, DataSet.CANDLES, timeframe).page_size
    return rows * TIMEFRAMES[timeframe].milliseconds


KEPT: dict[str, Kept] = {
    kept.data_set: kept
    for kept in (
        Kept(
            asset="candles",
            data_set=DataSet.CANDLES.value,
            timeframes=lambda: settings().candle_timeframes,
            reach=_candle_reach,
            page_ms=_candle_page,
        ),
    )
}


def collected(exchanges: Iterable[Exchange], now: int) -> list[Collected]:
    """Everything that is kept of some exchanges, and how many days back it is wanted."""
    found = []
    for exchange in exchanges:
        for kept in KEPT.values():
            for name in kept.timeframes():
                try:
                    reach = kept.reach(exchange, name, now)
                except NotSupported:
                    continue
                days = settings().backfill_days
                if reach is not None:
                    days = min(days, -(-(now - reach) // DAY_MS))
                found.append(Collected(exchange, kept.data_set, name, days))
    return found


def lines(registrations: Iterable[Registration], now: int) -> list[Line]:
    """What of registrations can be had now; what is no longer collected is left out.

    A line ends where the newest rows are left to the top-up, or where the symbol was delisted.
    """
    configured = settings()
    newest = now - round(configured.repair_grace_minutes * 60_000)
    found = []
    for one in registrations:
        kept = KEPT.get(one.data_set)
        if kept is None or one.timeframe not in kept.timeframes():
            continue
        try:
            timeframe = TIMEFRAMES.get(one.timeframe, _INSTANTS)
            reach = timeframe.ceil(kept.reach(one.exchange, one.timeframe, now) or 0)
        except NotSupported:
            continue
        oldest = timeframe.ceil(max(configured.history_start_ms, one.listed_at or 0))
        start = max(oldest, timeframe.ceil(one.history_from))
        end = timeframe.floor(min(newest, one.delisted_at or newest))
        found.append(
            Line(
                one,
                reach=max(oldest, reach),
                wanted=Interval(max(start, reach), end),
                page_ms=kept.page_ms(one.exchange, one.timeframe),
                lost=Interval(start, min(reach, end)),
            )
        )
    return found
