"""Whose history is to be complete: from when, and until when.

What belongs here: turning registrations into lines with a beginning and an end. What does not:
which data sets there are (``kept``), and what of a line is missing (``storage/repair``).
"""

from __future__ import annotations

from collections.abc import Iterable

from arb_pipeline.defs.history.kept import completed
from arb_pipeline.exchanges.errors import NotSupported
from arb_pipeline.model import DAY_MS, TIMEFRAMES, DataSet, Exchange, Interval, Timeframe
from arb_pipeline.settings import settings
from arb_pipeline.storage.history import LAG_MS
from arb_pipeline.storage.registrations import Collected, Line, Registration

# What has no timeframe begins and ends at any instant.
_INSTANTS = Timeframe("", 1)


def collected(exchanges: Iterable[Exchange], now: int) -> list[Collected]:
    """Everything that is kept of some exchanges, and how many days back it is wanted."""
    found = []
    for exchange in exchanges:
        for kept in completed():
            for name in kept.timeframes():
                try:
                    served = kept.reach(exchange, name, now)
                except NotSupported:
                    continue
                days, most = kept.depth(), kept.days_kept()
                if served is not None:
                    days = min(days, -(-(now - served) // DAY_MS))
                if most is not None:  # history begins at midnight, up to a day earlier
                    days = min(days, most - 1)
                found.append(Collected(exchange, kept.data_set, name, days))
    return found


def lines(registrations: Iterable[Registration], now: int) -> list[Line]:
    """What of registrations can be had now; what is no longer collected is left out.

    A line ends where the newest rows are left to the top-up, or where the symbol was delisted.
    """
    configured = settings()
    grace = round(configured.repair_grace_minutes * 60_000)
    sets = {kept.data_set: kept for kept in completed()}
    found = []
    for one in registrations:
        kept = sets.get(one.data_set)
        if kept is None or one.timeframe not in kept.timeframes():
            continue
        try:
            timeframe = TIMEFRAMES.get(one.timeframe, _INSTANTS)
            first = timeframe.ceil(kept.first(one.exchange, one.timeframe, now) or 0)
        except NotSupported:
            continue
        newest = now - max(grace, LAG_MS[DataSet(one.data_set)])
        oldest = timeframe.ceil(max(configured.history_start_ms, one.listed_at or 0))
        start = max(oldest, timeframe.ceil(one.history_from))
        end = timeframe.floor(min(newest, one.delisted_at or newest))
        found.append(
            Line(
                one,
                reach=max(oldest, first),
                wanted=Interval(max(start, first), end),
                page_ms=kept.page_ms(one.exchange, one.timeframe),
                lost=Interval(start, min(first, end)),
            )
        )
    return found
