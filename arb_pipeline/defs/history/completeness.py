"""Which partitions of a drained stream are complete, and what the UI shows of each.

The judge is coverage as it stands in the database, not what this run remembers having done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import dagster as dg

from arb_pipeline.defs.history.charts import price_chart
from arb_pipeline.defs.history.day_numbers import DayOfLane, metadata, of_run, what
from arb_pipeline.defs.history.kept import KEPT
from arb_pipeline.defs.history.lanes import Lane
from arb_pipeline.defs.history.sources import Source
from arb_pipeline.defs.outcomes import Outcome
from arb_pipeline.defs.partitions import ExchangeDay
from arb_pipeline.exchanges.errors import Transient
from arb_pipeline.model import DAY_MS, DataSet, Interval, iso, now_ms
from arb_pipeline.settings import settings
from arb_pipeline.storage import coverage, queries
from arb_pipeline.storage.coverage import Knowledge
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.doubts import doubt_trades

# A chart takes 0.2 s and some kilobytes of the event log: fine for a few days, not for a month.
_MOST_CHARTS = 3
# Longer than any run takes: what it learnt is looked at.
_LATELY = timedelta(days=1)


async def judge(
    pool: Pool,
    days: Sequence[ExchangeDay],
    lanes: Sequence[Lane],
    sources: Sequence[Source],
    *,
    seconds: float,
    charts: bool,
    chosen: bool,
) -> list[Outcome]:
    """One outcome per partition, in the order of ``days``.

    Args:
        pool: connections.
        days: the partitions.
        lanes: what was fetched.
        sources: what of each symbol.
        seconds: how long it took.
        charts: whether to draw a few.
        chosen: whether somebody chose the days, so that one out of reach is a mistake to be told.
    """
    async with pool.acquire() as connection:
        if sources[0].data_set is DataSet.TRADES:
            asked = {lane.instrument.symbol_id: _span(lane.wanted) for lane in lanes}
            await doubt_trades(
                connection, asked, minutes=settings().absent_minutes, changed_within=_LATELY
            )
        known = await coverage.by_day(
            connection,
            symbol_ids=sorted({lane.instrument.symbol_id for lane in lanes}),
            data_set=sources[0].data_set,
            timeframes=sorted({source.timeframe for source in sources}),
            interval=Interval(min(d.day for d in days), max(d.interval.end for d in days)),
        )
        of_exchange = {
            exchange: of_run(
                [lane for lane in lanes if lane.instrument.exchange == exchange], seconds
            )
            for exchange in {day.exchange for day in days}
        }
        drawn = charts and len(days) <= _MOST_CHARTS and sources[0].data_set is DataSet.CANDLES
        outcomes = []
        for day in days:
            parts = [
                _day_of_lane(lane, day, known)
                for lane in lanes
                if lane.instrument.exchange == day.exchange
            ]
            outcome = _outcome(day, parts, of_exchange[day.exchange], chosen=chosen)
            if drawn and parts and not outcome.problems:
                lane = parts[0].lane
                closes = await queries.closes(
                    connection, lane.instrument.symbol_id, lane.source.timeframe, day.interval
                )
                if chart := price_chart(f"{what(lane)}, {iso(day.day)[:10]} UTC", closes):
                    picture = {"price chart": dg.MetadataValue.md(chart)}
                    outcome.metadata = {**outcome.metadata, **picture}
            outcomes.append(outcome)
    return outcomes


def _span(parts: Sequence[Interval]) -> Interval:
    return Interval(min(part.start for part in parts), max(part.end for part in parts))


def _day_of_lane(
    lane: Lane, day: ExchangeDay, known: dict[tuple[int, str, int], Knowledge]
) -> DayOfLane:
    key = (lane.instrument.symbol_id, lane.source.timeframe, day.day)
    end = day.interval.end if lane.closed_until is None else lane.closed_until
    end = min(end, lane.instrument.delisted_at or end)
    # A weekly candle belongs to the day it opens on; its coverage fills that day and the six after.
    expected = lane.source.align(day.interval).intersect(day.interval)
    return DayOfLane(lane, expected.intersect(Interval(0, end)), known.get(key, Knowledge()))


def _outcome(
    day: ExchangeDay, parts: Sequence[DayOfLane], of_exchange: Mapping[str, Any], *, chosen: bool
) -> Outcome:
    key = str(day.key)
    if not parts:
        name = day.exchange.value
        return Outcome(
            key,
            problems=[
                f"no symbol of {name} is tracked; track one first: "
                f"arb-pipeline symbols track {name} BTC/USDT"
            ],
        )
    problems = [problem for part in parts if (problem := part.problem())]
    if chosen and all(part.unreachable_only for part in parts):
        problems.append(_out_of_reach(day, parts))
    failures = [failure.error for part in parts for failure in part.lane.failures]
    return Outcome(
        key,
        metadata={**metadata(day, parts), **of_exchange},
        problems=problems,
        is_transient=any(isinstance(error, Transient) for error in failures),
    )


def _out_of_reach(day: ExchangeDay, parts: Sequence[DayOfLane]) -> str:
    kept = KEPT[parts[0].lane.source.data_set.value]
    days = kept.days_kept()
    if days is not None and day.day < now_ms() - days * DAY_MS:
        return (
            f"this day is older than {kept.table} are kept ({days} days, ARB_KEEP_DAYS), and its "
            "rows were dropped; choose a later day"
        )
    lengths = ", ".join(sorted({part.lane.source.timeframe for part in parts} - {""}))
    at, larger = (f" at {lengths}", " or a larger timeframe") if lengths else ("", "")
    return (
        f"{day.exchange} no longer serves this day{at}; "
        f"choose a later day{larger} (arb-pipeline exchanges shows how far back)"
    )
