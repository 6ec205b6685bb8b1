"""What repair found and brought: the numbers of the report, before and after.

What belongs here: counting and printing. What does not: the repair itself (``repair``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from arb_pipeline.cli.app import console, table
from arb_pipeline.model import DAY_MS, TIMEFRAMES, DataSet, Interval
from arb_pipeline.storage import repair as books
from arb_pipeline.storage.coverage import day_start
from arb_pipeline.storage.coverage_days import coverage_days

if TYPE_CHECKING:
    from arb_pipeline.storage.database import Pool
    from arb_pipeline.storage.registrations import Line
    from arb_pipeline.storage.repair import Gap

_Key: TypeAlias = tuple[int, str]  # symbol and timeframe


@dataclass(frozen=True, slots=True)
class Look:
    """What is missing, and per symbol and timeframe the seconds present and absent there."""

    gaps: list[Gap]
    present: Counter[_Key]
    absent: Counter[_Key]


async def take_look(pool: Pool, lines: Sequence[Line], of: Sequence[Gap] = ()) -> Look:
    """Look at lines; present and absent are counted on the days of ``of``, or of what misses."""
    found = await books.gaps(pool, lines)
    counted = {(*_key(gap), gap.day) for gap in of or found}
    look = Look(found, Counter(), Counter())
    if not counted:
        return look
    days = [day for _, _, day in counted]
    for day in await coverage_days(
        pool,
        symbol_ids=sorted({symbol_id for symbol_id, _, _ in counted}),
        data_set=DataSet.CANDLES.value,
        timeframes=sorted({timeframe for _, timeframe, _ in counted}),
        interval=Interval(min(days), max(days) + DAY_MS),
    ):
        if (day.symbol_id, day.timeframe, day_start(day.day)) in counted:
            look.present[day.symbol_id, day.timeframe] += day.present
            look.absent[day.symbol_id, day.timeframe] += day.absent
    return look


def _key(gap: Gap) -> _Key:
    return gap.line.of.symbol_id, gap.line.of.timeframe


def _candles(seconds: int, timeframe: str) -> int:
    return seconds * 1000 // TIMEFRAMES[timeframe].milliseconds


def missing_candles(gaps: Sequence[Gap]) -> int:
    """How many candles gaps lack."""
    return sum(_candles(gap.seconds, gap.line.of.timeframe) for gap in gaps)


def show_report(before: Look, after: Look) -> None:
    """Print per symbol what was missing, and what became of it."""
    made = table(
        "exchange",
        "symbol",
        "length",
        title="candles of the days that missed some",
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
            of.timeframe,
            *(f"{_candles(number, of.timeframe):,}" for number in seconds),
        )
    console.print(made)
