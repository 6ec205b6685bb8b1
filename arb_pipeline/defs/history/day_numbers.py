"""What the UI shows of one partition of history, in numbers.

What belongs here: counting. What does not: whether the partition is complete (``completeness``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from arb_pipeline.defs.history.lanes import Lane
from arb_pipeline.defs.partitions import ExchangeDay
from arb_pipeline.model import Interval, merge
from arb_pipeline.storage.coverage import Knowledge
from arb_pipeline.storage.written import Counts

_LISTED = 10


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
            f"{what(self.lane)}: {self.count(gaps)} {self.lane.source.unit} "
            f"missing in {shown}{' …' if len(gaps) > _LISTED else ''}"
            f"; {causes[0] if causes else 'not fetched'}"
        )


def what(lane: Lane) -> str:
    """Symbol and data set: ``BYBIT_SPOT BTCUSDT 1m``."""
    return f"{lane.instrument} {lane.source.timeframe or lane.source.data_set.value}"


def metadata(day: ExchangeDay, parts: Sequence[DayOfLane]) -> dict[str, Any]:
    """What this run did of a partition, and how much of it is known."""
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
        f"{unit} present": present,
        f"{unit} absent": sum(part.count(part.knowledge.absent) for part in parts),
        f"{unit} unreachable": sum(part.count(part.knowledge.unreachable) for part in parts),
        f"{unit} missing": sum(part.count(part.missing) for part in parts),
        "absent intervals": len(absent),
        "missing intervals": sum(len(part.missing) for part in parts),
        "first absent intervals": ", ".join(str(part) for part in absent[:_LISTED]) or "none",
    }


def of_run(lanes: Sequence[Lane], seconds: float) -> dict[str, Any]:
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
