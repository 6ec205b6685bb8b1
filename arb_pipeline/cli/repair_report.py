"""What repair found and brought: the numbers of the report, before and after.

What belongs here: counting and printing. What does not: the repair itself (``repair``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from arb_pipeline.cli.app import console, table
from arb_pipeline.cli.kinds import KINDS
from arb_pipeline.model import DAY_MS, TIMEFRAMES, DataSet, Interval
from arb_pipeline.storage import repair as books
from arb_pipeline.storage.coverage import day_start
from arb_pipeline.storage.coverage_days import coverage_days

if TYPE_CHECKING:
    from arb_pipeline.storage.database import Pool
    from arb_pipeline.storage.registrations import Line
    from arb_pipeline.storage.repair import Gap

_Key: TypeAlias = tuple[int, str, str]  # symbol, data set and timeframe


@dataclass(frozen=True, slots=True)
class Look:
    """What is missing, and per symbol and data set the seconds present and absent there."""

    gaps: list[Gap]
    present: Counter[_Key]
    absent: Counter[_Key]


async def take_look(pool: Pool, lines: Sequence[Line], of: Sequence[Gap] = ()) -> Look:
    """Look at lines; present and absent are counted on the days of ``of``, or of what misses."""
    found = await books.gaps(pool, lines)
    look = Look(found, Counter(), Counter())
    counted = {(_key(gap), gap.day) for gap in of or found}
    for data_set in sorted({data_set for (_, data_set, _), _ in counted}):
        own = [(key, day) for key, day in counted if key[1] == data_set]
        days = [day for _, day in own]
        for day in await coverage_days(
            pool,
            symbol_ids=sorted({symbol_id for (symbol_id, _, _), _ in own}),
            data_set=data_set,
            timeframes=sorted({timeframe for (_, _, timeframe), _ in own}),
            interval=Interval(min(days), max(days) + DAY_MS),
        ):
            key = (day.symbol_id, data_set, day.timeframe)
            if (key, day_start(day.day)) in counted:
                look.present[key] += day.present
                look.absent[key] += day.absent
    return look


def _key(gap: Gap) -> _Key:
    of = gap.line.of
    return of.symbol_id, of.data_set, of.timeframe


def _units(seconds: int, timeframe: str) -> int:
    """Candles; of events, minutes."""
    return seconds * 1000 // (TIMEFRAMES[timeframe].milliseconds if timeframe else 60_000)


def missing_units(gaps: Sequence[Gap]) -> int:
    """How many candles, and minutes of events, gaps lack."""
    return sum(_units(gap.seconds, gap.line.of.timeframe) for gap in gaps)


def unit_of(gaps: Sequence[Gap]) -> str:
    """What :func:`missing_units` counts."""
    return " and ".join(sorted({KINDS[DataSet(gap.line.of.data_set)].unit for gap in gaps}))


def show_report(before: Look, after: Look) -> None:
    """Print per symbol and data set what was missing, and what became of it."""
    made = table(
        "exchange",
        "symbol",
        "of",
        title=f"{unit_of(before.gaps)} of the days that missed some",
        numbers=("missed", "found", "absent", "missing"),
    )
    lines = {_key(gap): gap.line.of for gap in before.gaps}
    for key, of in lines.items():
        missed, missing = (
            sum(gap.seconds for gap in look.gaps if _key(gap) == key) for look in (before, after)
        )
        seconds = (missed, after.present[key] - before.present[key], after.absent[key], missing)
        made.add_row(
            of.exchange.value,
            of.exchange_symbol,
            of.timeframe or KINDS[DataSet(of.data_set)].value,
            *(f"{_units(number, of.timeframe):,}" for number in seconds),
        )
    console.print(made)
