"""Which partitions of a drained stream are complete, and what the UI shows of each.

The judge is coverage as it stands in the database, not what this run remembers having done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg

from arb_pipeline.defs.history.charts import price_chart
from arb_pipeline.defs.history.lanes import Lane
from arb_pipeline.defs.history.sources import Source
from arb_pipeline.defs.outcomes import Outcome
from arb_pipeline.defs.partitions import ExchangeDay
from arb_pipeline.exchanges.errors import Transient
from arb_pipeline.model import DataSet, Interval, iso, merge
from arb_pipeline.storage import coverage, queries
from arb_pipeline.storage.coverage import Knowledge
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.written import Counts

_LISTED = 10
# A chart takes 0.2 s and some kilobytes of the event log: fine for a few days, not for a month.
_MOST_CHARTS = 3


@dataclass(slots=True)
class DayOfLane:
    """What is known of one lane on one day."""

    lane: Lane
    expected: Interval
    knowledge: Knowledge

    @property
    def missing(self) -> list[Interval]:
        """What of the day is over and nobody could get yet."""
        return self.knowledge.missing(self.expected)

    @property
    def unreachable_only(self) -> bool:
        """Whether the exchange serves nothing of this day any more."""
        known = self.knowledge
        covered = merge(known.unreachable) == [self.expected]
        return bool(self.expected) and covered and not known.present

    def count(self, intervals: Sequence[Interval]) -> int:
        """How many units of the lane's data set these intervals hold."""
        return self.lane.source.count(intervals)

    def problem(self) -> str | None:
        """One sentence on what is missing and why; None where nothing is."""
        gaps = self.missing
        if not gaps:
            return None
        causes = [
            str(failure.error)
            for failure in self.lane.failures
            if any(gap.intersect(failure.interval) for gap in gaps)
        ]
        if not causes and self.lane.rejections:
            causes = [f"{self.lane.rejections} rows were refused, see rejected_records"]
        shown = ", ".join(str(gap) for gap in gaps[:_LISTED])
        return (
            f"{_what(self.lane)}: {self.count(gaps)} {self.lane.source.unit} "
            f"missing in {shown}{' …' if len(gaps) > _LISTED else ''}"
            f"; {causes[0] if causes else 'not fetched'}"
        )


def _what(lane: Lane) -> str:
    """Symbol and data set: ``BYBIT_SPOT BTCUSDT 1m``."""
    return f"{lane.instrument} {lane.source.timeframe or lane.source.data_set.value}"


async def judge(
    pool: Pool,
    days: Sequence[ExchangeDay],
    lanes: Sequence[Lane],
    sources: Sequence[Source],
    *,
    seconds: float,
    charts: bool,
) -> list[Outcome]:
    """One outcome per partition, in the order of ``days``."""
    async with pool.acquire() as connection:
        known = await coverage.by_day(
            connection,
            symbol_ids=sorted({lane.instrument.symbol_id for lane in lanes}),
            data_set=sources[0].data_set,
            timeframes=sorted({source.timeframe for source in sources}),
            interval=Interval(min(d.day for d in days), max(d.interval.end for d in days)),
        )
        of_run = {
            exchange: _of_run(
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
            outcome = _outcome(day, parts, of_run[day.exchange])
            if drawn and parts and not outcome.problems:
                lane = parts[0].lane
                closes = await queries.closes(
                    connection, lane.instrument.symbol_id, lane.source.timeframe, day.interval
                )
                if chart := price_chart(f"{_what(lane)}, {iso(day.day)[:10]} UTC", closes):
                    picture = {"price chart": dg.MetadataValue.md(chart)}
                    outcome.metadata = {**outcome.metadata, **picture}
            outcomes.append(outcome)
    return outcomes


def _day_of_lane(
    lane: Lane, day: ExchangeDay, known: dict[tuple[int, str, int], Knowledge]
) -> DayOfLane:
    key = (lane.instrument.symbol_id, lane.source.timeframe, day.day)
    end = day.interval.end if lane.closed_until is None else lane.closed_until
    end = min(end, lane.instrument.delisted_at or end)
    # A weekly candle belongs to the day it opens on; its coverage fills that day and the six after.
    expected = lane.source.align(day.interval).intersect(day.interval)
    return DayOfLane(lane, expected.intersect(Interval(0, end)), known.get(key, Knowledge()))


def _outcome(day: ExchangeDay, parts: Sequence[DayOfLane], of_run: Mapping[str, Any]) -> Outcome:
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
    if all(part.unreachable_only for part in parts):
        lengths = ", ".join(sorted({part.lane.source.timeframe for part in parts} - {""}))
        at, larger = (f" at {lengths}", " or a larger timeframe") if lengths else ("", "")
        problems.append(
            f"{day.exchange} no longer serves this day{at}; "
            f"choose a later day{larger} (arb-pipeline exchanges shows how far back)"
        )
    failures = [failure.error for part in parts for failure in part.lane.failures]
    return Outcome(
        key,
        metadata={**_metadata(day, parts), **of_run},
        problems=problems,
        is_transient=any(isinstance(error, Transient) for error in failures),
    )


def _metadata(day: ExchangeDay, parts: Sequence[DayOfLane]) -> dict[str, Any]:
    counts = Counts()
    for part in parts:
        counts.add(part.lane.days.get(day.day, Counts()))
    absent = [interval for part in parts for interval in merge(part.knowledge.absent)]
    unit = parts[0].lane.source.unit
    present = sum(part.count(part.knowledge.present) for part in parts)
    return {
        # Of what is no grid of candles, coverage does not say how many rows there are.
        **({"dagster/partition_row_count": present} if unit == "candles" else {}),
        "rows inserted": counts.inserted,
        "rows updated": counts.updated,
        "rows unchanged": counts.unchanged,
        "rows rejected": counts.rejected,
        f"{unit} absent": sum(part.count(part.knowledge.absent) for part in parts),
        f"{unit} unreachable": sum(part.count(part.knowledge.unreachable) for part in parts),
        f"{unit} missing": sum(part.count(part.missing) for part in parts),
        "absent intervals": len(absent),
        "missing intervals": sum(len(part.missing) for part in parts),
        "first absent intervals": ", ".join(str(part) for part in absent[:_LISTED]) or "none",
    }


def _of_run(lanes: Sequence[Lane], seconds: float) -> dict[str, Any]:
    """What every partition of an exchange shows alike; a page may span days, so it is the run's."""
    written = sum(
        counts.inserted + counts.updated + counts.unchanged
        for lane in lanes
        for counts in lane.days.values()
    )
    lengths = sorted({lane.source.timeframe for lane in lanes} - {""})
    return {
        "requests of the exchange in this run": sum(lane.requests for lane in lanes),
        "rows per second of the exchange in this run": round(written / max(seconds, 1e-3)),
        "symbols": ", ".join(sorted({lane.instrument.exchange_symbol for lane in lanes})[:50]),
        **({"timeframes": ", ".join(lengths)} if lengths else {}),
    }
