"""Which partitions of a drained stream are complete, and what the UI shows of each.

The judge is coverage as it stands in the database, not what this run remembers having done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg

from arb_pipeline.defs.history.charts import price_chart
from arb_pipeline.defs.history.lanes import Lane
from arb_pipeline.defs.outcomes import Outcome
from arb_pipeline.defs.partitions import ExchangeDay
from arb_pipeline.exchanges.errors import Transient
from arb_pipeline.model import DataSet, Interval, iso, merge
from arb_pipeline.storage import coverage, queries
from arb_pipeline.storage.coverage import Knowledge
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.written import Counts

_LISTED = 10
# A chart is some kilobytes in the event log: fine for days, not for years in one run.
_MOST_CHARTS = 31


@dataclass(slots=True)
class DayOfLane:
    """What is known of one lane on one day."""

    lane: Lane
    expected: Interval
    knowledge: Knowledge

    @property
    def missing(self) -> list[Interval]:
        """Closed candles of the day nobody could get yet."""
        return self.knowledge.missing(self.expected)

    @property
    def unreachable_only(self) -> bool:
        """Whether the exchange serves nothing of this day any more."""
        known = self.knowledge
        covered = merge(known.unreachable) == [self.expected]
        return bool(self.expected) and covered and not known.present

    def candles(self, intervals: Sequence[Interval]) -> int:
        """How many candles of the lane's timeframe these intervals hold."""
        return sum(len(self.lane.timeframe.opens(part)) for part in intervals)

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
            f"{self.lane.instrument} {self.lane.timeframe.name}: {self.candles(gaps)} candles "
            f"missing in {shown}{' …' if len(gaps) > _LISTED else ''}"
            f"; {causes[0] if causes else 'not fetched'}"
        )


async def judge(
    pool: Pool, days: Sequence[ExchangeDay], lanes: Sequence[Lane], *, seconds: float, charts: bool
) -> list[Outcome]:
    """One outcome per partition, in the order of ``days``."""
    async with pool.acquire() as connection:
        known = await coverage.by_day(
            connection,
            symbol_ids=sorted({lane.instrument.symbol_id for lane in lanes}),
            data_set=DataSet.CANDLES,
            timeframes=sorted({lane.timeframe.name for lane in lanes}),
            interval=Interval(min(d.day for d in days), max(d.interval.end for d in days)),
        )
        outcomes = []
        for day in days:
            parts = [
                _day_of_lane(lane, day, known)
                for lane in lanes
                if lane.instrument.exchange == day.exchange
            ]
            outcome = _outcome(day, parts, seconds)
            if charts and len(days) <= _MOST_CHARTS and parts and not outcome.problems:
                lane = parts[0].lane
                closes = await queries.closes(
                    connection, lane.instrument.symbol_id, lane.timeframe.name, day.interval
                )
                title = f"{lane.instrument} {lane.timeframe.name}, {iso(day.day)[:10]} UTC"
                if chart := price_chart(title, closes):
                    picture = {"price chart": dg.MetadataValue.md(chart)}
                    outcome.metadata = {**outcome.metadata, **picture}
            outcomes.append(outcome)
    return outcomes


def _day_of_lane(
    lane: Lane, day: ExchangeDay, known: dict[tuple[int, str, int], Knowledge]
) -> DayOfLane:
    key = (lane.instrument.symbol_id, lane.timeframe.name, day.day)
    end = day.interval.end if lane.closed_until is None else lane.closed_until
    end = min(end, lane.instrument.delisted_at or end)
    # A weekly candle belongs to the day it opens on; its coverage fills that day and the six after.
    expected = lane.timeframe.align(day.interval).intersect(day.interval)
    return DayOfLane(lane, expected.intersect(Interval(0, end)), known.get(key, Knowledge()))


def _outcome(day: ExchangeDay, parts: Sequence[DayOfLane], seconds: float) -> Outcome:
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
        problems.append(
            f"{day.exchange} no longer serves this day at "
            f"{', '.join(sorted({part.lane.timeframe.name for part in parts}))}; "
            "choose a later day or a larger timeframe (arb-pipeline exchanges shows how far back)"
        )
    failures = [failure.error for part in parts for failure in part.lane.failures]
    return Outcome(
        key,
        metadata=_metadata(day, parts, seconds),
        problems=problems,
        is_transient=any(isinstance(error, Transient) for error in failures),
    )


def _metadata(day: ExchangeDay, parts: Sequence[DayOfLane], seconds: float) -> dict[str, Any]:
    counts = Counts()
    for part in parts:
        counts.add(part.lane.days.get(day.day, Counts()))
    written = sum(
        c.inserted + c.updated + c.unchanged for part in parts for c in part.lane.days.values()
    )
    present = sum(part.candles(part.knowledge.present) for part in parts)
    absent = [interval for part in parts for interval in merge(part.knowledge.absent)]
    return {
        "dagster/partition_row_count": present,
        "rows inserted": counts.inserted,
        "rows updated": counts.updated,
        "rows unchanged": counts.unchanged,
        "rows rejected": counts.rejected,
        "candles absent": sum(part.candles(part.knowledge.absent) for part in parts),
        "candles unreachable": sum(part.candles(part.knowledge.unreachable) for part in parts),
        "candles missing": sum(part.candles(part.missing) for part in parts),
        "absent intervals": len(absent),
        "missing intervals": sum(len(part.missing) for part in parts),
        # A page may span days and a run may span exchanges, so these two belong to the run.
        "requests of the exchange in this run": sum(part.lane.requests for part in parts),
        "rows per second of the exchange in this run": round(written / max(seconds, 1e-3)),
        "symbols": ", ".join(sorted({part.lane.instrument.exchange_symbol for part in parts})[:50]),
        "timeframes": ", ".join(sorted({part.lane.timeframe.name for part in parts})),
        "first absent intervals": ", ".join(str(part) for part in absent[:_LISTED]) or "none",
    }
