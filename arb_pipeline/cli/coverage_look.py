"""What ``coverage`` shows: reading it, and as JSON."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any, TypeAlias

from arb_pipeline.cli.kinds import Kind
from arb_pipeline.cli.session import Session
from arb_pipeline.model import Instrument, Interval
from arb_pipeline.storage.coverage import day_start
from arb_pipeline.storage.coverage_days import (
    DayCoverage,
    LongAbsence,
    coverage_days,
    long_absences,
    symbols_with,
)
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.history import CoverageLine, coverage_lines

# By symbol and timeframe.
Days: TypeAlias = dict[tuple[int, str], list[DayCoverage]]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one data set in a window.

    Attributes:
        kind: the data set.
        lines: sums, one per symbol and timeframe.
        days: the same day by day; days neither wanted nor known are left out.
        flagged: absences that are hard to believe.
    """

    kind: Kind
    lines: list[CoverageLine]
    days: Days
    flagged: list[LongAbsence]


def look(
    session: Session,
    kind: Kind,
    chosen: Sequence[Instrument],
    timeframes: Sequence[str],
    interval: Interval,
) -> Known:
    """Read coverage of some symbols; of events, from the first day on that is wanted or known."""
    if kind is not Kind.CANDLES:
        ids = [one.symbol_id for one in chosen]
        with_some = session.query(lambda pool: symbols_with(pool, ids, kind.data_set.value))
        chosen = [one for one in chosen if one.symbol_id in with_some]
    if not chosen:
        return Known(kind, [], {}, [])
    ids = [one.symbol_id for one in chosen]
    flagged, days = session.query(
        lambda pool: _details(pool, session, kind, ids, timeframes, interval)
    )
    lines: list[CoverageLine] = []
    for start, group in groupby(chosen, lambda one: _start(kind, one, days, interval)):
        part = Interval(start, interval.end)
        asked = coverage_lines(session.url, list(group), timeframes, part, kind.data_set)
        lines += asyncio.run(asked)
    return Known(kind, lines, days, flagged)


def _start(kind: Kind, one: Instrument, days: Days, interval: Interval) -> int:
    own = days.get((one.symbol_id, ""), [])
    if kind is Kind.CANDLES or not own:
        return interval.start
    return max(interval.start, day_start(own[0].day))


async def _details(
    pool: Pool,
    session: Session,
    kind: Kind,
    ids: list[int],
    timeframes: Sequence[str],
    interval: Interval,
) -> tuple[list[LongAbsence], Days]:
    data_set = kind.data_set.value
    flagged = await long_absences(
        pool,
        symbol_ids=ids,
        data_set=data_set,
        timeframes=timeframes,
        interval=interval,
        longer_than=timedelta(minutes=session.settings.absent_minutes),
    )
    days: Days = defaultdict(list)
    for day in await coverage_days(
        pool, symbol_ids=ids, data_set=data_set, timeframes=timeframes, interval=interval
    ):
        days[day.symbol_id, day.timeframe].append(day)
    return flagged, days


def as_json(known: Known) -> list[dict[str, Any]]:
    """One object per line; counts are candles, of events minutes."""
    return [_json(line, known) for line in known.lines]


def _json(line: CoverageLine, known: Known) -> dict[str, Any]:
    gap = line.first_missing
    days = known.days.get((line.instrument.symbol_id, line.timeframe), [])
    return {
        "exchange": line.instrument.exchange.value,
        "symbol": line.instrument.exchange_symbol,
        "data_set": line.data_set.value,
        "timeframe": line.timeframe,
        known.kind.unit: {
            "present": line.present,
            "absent": line.absent,
            "unreachable": line.unreachable,
            "missing": line.missing,
        },
        "first_missing": [gap.start, gap.end] if gap else None,
        "days": [
            {
                "day": day.day.isoformat(),
                "present_seconds": day.present,
                "absent_seconds": day.absent,
                "unreachable_seconds": day.unreachable,
                "missing_seconds": day.missing,
            }
            for day in days
        ],
    }
