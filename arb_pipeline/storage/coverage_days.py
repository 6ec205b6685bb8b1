"""Coverage for people: day by day, how far backfills are, and absences that are hard to believe.

What belongs here: reading. What does not: recording (``coverage``), and what to do about it
(``repair``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from arb_pipeline.model import Exchange, Interval
from arb_pipeline.storage.coverage import to_datetime, to_ms
from arb_pipeline.storage.database import sql

if TYPE_CHECKING:
    from arb_pipeline.storage.database import Connection, Pool

# Present on that share of the time around it, a symbol trades all the time.
STEADY = Decimal("0.95")


@dataclass(frozen=True, slots=True)
class DayCoverage:
    """One UTC day of one symbol's data set; lengths in seconds."""

    symbol_id: int
    timeframe: str
    day: date
    present: int
    absent: int
    unreachable: int
    missing: int
    longest_absent: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the backfill of a tracked symbol is: percent of what is wanted that is known."""

    symbol_id: int
    is_complete: bool
    history_from: date
    percent: int


@dataclass(frozen=True, slots=True)
class LongAbsence:
    """A stretch an exchange had nothing for, although the symbol trades all the time."""

    symbol_id: int
    timeframe: str
    interval: Interval


async def coverage_days(
    database: Pool | Connection,
    *,
    symbol_ids: Sequence[int],
    data_set: str,
    timeframes: Sequence[str],
    interval: Interval,
) -> list[DayCoverage]:
    """Coverage of the days a window touches; days neither wanted nor known are left out."""
    first, last = to_datetime(interval.start).date(), to_datetime(interval.end - 1).date()
    rows = await database.fetch(
        sql("coverage_daily"), list(symbol_ids), data_set, list(timeframes), first, last
    )
    return [DayCoverage(**dict(row)) for row in rows]


async def symbols_with(
    database: Pool | Connection, symbol_ids: Sequence[int], data_set: str
) -> set[int]:
    """Those of some symbols of which a data set is wanted, or something of it known."""
    rows = await database.fetch(sql("coverage_symbols"), list(symbol_ids), data_set)
    return {row["symbol_id"] for row in rows}


async def progress(
    database: Pool | Connection, exchanges: Sequence[Exchange]
) -> dict[int, Progress]:
    """How far the backfills of tracked symbols are, by symbol; those not registered are left out.

    Candles that are open still and what is topped up later do not count against a backfill that
    was complete once.
    """
    names = [exchange.value for exchange in exchanges]
    rows = await database.fetch(sql("registrations_progress"), names)
    return {row["symbol_id"]: Progress(**dict(row)) for row in rows}


async def long_absences(
    database: Pool | Connection,
    *,
    symbol_ids: Sequence[int],
    data_set: str,
    timeframes: Sequence[str],
    interval: Interval,
    longer_than: timedelta,
) -> list[LongAbsence]:
    """Absences that touch a window, of symbols that are present 95 % of the time around them."""
    rows = await database.fetch(
        sql("absences_long"),
        list(symbol_ids),
        data_set,
        list(timeframes),
        to_datetime(interval.start),
        to_datetime(interval.end),
        longer_than,
        STEADY,
    )
    return [
        LongAbsence(
            row["symbol_id"],
            row["timeframe"],
            Interval(to_ms(row["start_at"]), to_ms(row["end_at"])),
        )
        for row in rows
    ]
