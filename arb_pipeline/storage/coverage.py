"""What history knows of itself: present, confirmed absent, unreachable; the rest is missing.

What belongs here: recording what a page taught (inside the transaction that stores its rows) and
asking what is missing. Coverage is kept per symbol, data set, timeframe and UTC day, the grid of
the Dagster partitions: a row never holds more ranges than a day has candles, so recording a page
costs the same in the first year as in the tenth.

Intervals are half-open milliseconds (``arb_pipeline.model.Interval``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING

from arb_pipeline.model import DAY_MS, DataSet, Interval, iso, merge, subtract
from arb_pipeline.storage.database import sql

if TYPE_CHECKING:
    from arb_pipeline.storage.database import Connection


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.date()


@dataclass(slots=True)
class Knowledge:
    """What one page, or one day of coverage, says about a symbol. Lists may be in any order."""

    present: list[Interval] = field(default_factory=list)
    absent: list[Interval] = field(default_factory=list)
    unreachable: list[Interval] = field(default_factory=list)

    def missing(self, interval: Interval) -> list[Interval]:
        """What of ``interval`` is in none of the three."""
        return subtract(interval, [*self.present, *self.absent, *self.unreachable])


def to_datetime(instant: int) -> datetime:
    """Milliseconds since the epoch as an aware UTC datetime, exact to the millisecond."""
    return _EPOCH + timedelta(milliseconds=instant)


def to_ms(moment: datetime) -> int:
    """The opposite of :func:`to_datetime`."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def day_start(day: date) -> int:
    """The first millisecond of a UTC day."""
    return (day - _EPOCH_DAY).days * DAY_MS


def _literal(intervals: Iterable[Interval]) -> str:
    return "{" + ",".join(f"[{iso(part.start)},{iso(part.end)})" for part in intervals) + "}"


@dataclass(frozen=True, slots=True)
class Learnt:
    """What one page taught of a symbol; ``timeframe`` is empty where there is none."""

    symbol_id: int
    timeframe: str
    knowledge: Knowledge


async def record(connection: Connection, *, data_set: DataSet, learnt: Sequence[Learnt]) -> None:
    """Add to the coverage; call it in the transaction that stores the rows."""
    # Pages that meet within a day write one row together.
    days: dict[tuple[int, str, int], tuple[list[Interval], ...]] = {}
    for one in learnt:
        knowledge = one.knowledge
        sides = (knowledge.present, knowledge.absent, knowledge.unreachable)
        for side, intervals in enumerate(sides):
            for part in chain.from_iterable(interval.days() for interval in intervals):
                key = (one.symbol_id, one.timeframe, part.start // DAY_MS)
                days.setdefault(key, ([], [], []))[side].append(part)
    if not days:
        return
    keys = sorted(days)
    await connection.execute(
        sql("coverage_record"),
        data_set.value,
        [symbol_id for symbol_id, _, _ in keys],
        [timeframe for _, timeframe, _ in keys],
        [_EPOCH_DAY + timedelta(days=day) for _, _, day in keys],
        *([_literal(merge(days[key][side])) for key in keys] for side in range(3)),
    )


async def missing(
    connection: Connection,
    *,
    symbol_ids: Sequence[int],
    data_set: DataSet,
    timeframe: str,
    interval: Interval,
) -> dict[int, list[Interval]]:
    """Per symbol, what of ``interval`` was never learnt; symbols that miss nothing are left out."""
    if not interval:
        return {}
    rows = await connection.fetch(
        sql("coverage_missing"),
        list(symbol_ids),
        data_set.value,
        timeframe,
        to_datetime(interval.start),
        to_datetime(interval.end),
    )
    gaps: dict[int, list[Interval]] = defaultdict(list)
    for row in rows:
        gaps[row["symbol_id"]].append(Interval(to_ms(row["start_at"]), to_ms(row["end_at"])))
    return dict(gaps)


async def by_day(
    connection: Connection,
    *,
    symbol_ids: Sequence[int],
    data_set: DataSet,
    timeframes: Sequence[str],
    interval: Interval,
) -> dict[tuple[int, str, int], Knowledge]:
    """What is known per (symbol, timeframe, first millisecond of the day).

    ``interval`` is widened to whole UTC days. Days nothing is known of are left out.
    """
    first = to_datetime(interval.start).date()
    last = to_datetime(interval.end - 1).date() + timedelta(days=1)
    rows = await connection.fetch(
        sql("coverage_days"), list(symbol_ids), data_set.value, list(timeframes), first, last
    )
    known: dict[tuple[int, str, int], Knowledge] = {}
    for row in rows:
        known[row["symbol_id"], row["timeframe"], day_start(row["day"])] = Knowledge(
            **{
                side: [
                    Interval(to_ms(start), to_ms(end))
                    for start, end in zip(row[f"{side}_start"], row[f"{side}_end"], strict=True)
                ]
                for side in ("present", "absent", "unreachable")
            }
        )
    return known
