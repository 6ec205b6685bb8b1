"""Exchange × UTC day, the partitions of every data set, and how a run's keys become windows.

Dagster cuts a backfill into runs by the shape of the selection: one exchange over many days, or
one day over many exchanges, with keys in no promised order. So no code here or elsewhere assumes
one exchange per run or neighbouring days: keys are grouped by exchange and merged into windows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import dagster as dg

from arb_pipeline.model import DAY_MS, Exchange, Interval, merge, now_ms
from arb_pipeline.settings import ConfigurationError, settings

EXCHANGE_DIMENSION = "exchange"
DAY_DIMENSION = "date"
_PARTITION = "dagster/partition"
_RANGE_START = "dagster/asset_partition_range_start"
_RANGE_END = "dagster/asset_partition_range_end"

# Only what is enabled: a partition that nothing can fill would stay empty for ever, and whatever is
# enabled is one range, so that one run can hold all of it.
ENABLED = [exchange for exchange in Exchange if exchange in settings().exchanges]
exchange_partitions = dg.StaticPartitionsDefinition([exchange.value for exchange in ENABLED])


def exchange_day_partitions() -> dg.MultiPartitionsDefinition:
    """Every exchange × every UTC day from the first of history up to and including today."""
    days = dg.DailyPartitionsDefinition(
        start_date=settings().history_start.isoformat(), timezone="UTC", end_offset=1
    )
    return _ExchangeDays({DAY_DIMENSION: days, EXCHANGE_DIMENSION: exchange_partitions})


class _ExchangeDays(dg.MultiPartitionsDefinition):
    """Keeps the keys of the range last asked for.

    Dagster enumerates the run's whole range whenever metadata of one partition is added, which
    makes the time a run takes grow with the square of its partitions. A range of keys that exist
    never changes: days are only added behind the last.
    """

    _kept: tuple[dg.PartitionKeyRange, Sequence[dg.MultiPartitionKey]] | None = None

    def get_partition_keys_in_range(
        self, partition_key_range: dg.PartitionKeyRange, dynamic_partitions_store: Any = None
    ) -> Sequence[dg.MultiPartitionKey]:
        """The keys of the rectangle between two keys; an error where a key does not exist."""
        kept = self._kept
        if kept is None or kept[0] != partition_key_range:
            keys = super().get_partition_keys_in_range(partition_key_range)
            kept = (partition_key_range, cast("Sequence[dg.MultiPartitionKey]", keys))
            self._kept = kept
        return list(kept[1])


@dataclass(frozen=True, slots=True, order=True)
class ExchangeDay:
    """One partition: an exchange and the first millisecond of a UTC day."""

    exchange: Exchange
    day: int

    @property
    def interval(self) -> Interval:
        """The day, half-open."""
        return Interval(self.day, self.day + DAY_MS)

    @property
    def key(self) -> dg.MultiPartitionKey:
        """The partition key Dagster knows it by."""
        date = datetime.fromtimestamp(self.day // 1000, tz=UTC).date().isoformat()
        return dg.MultiPartitionKey({DAY_DIMENSION: date, EXCHANGE_DIMENSION: self.exchange.value})

    @classmethod
    def parse(cls, key: str) -> ExchangeDay:
        """The partition behind a key such as ``2026-01-31|MEXC_SPOT``."""
        date, _, exchange = key.partition("|")
        moment = datetime.fromisoformat(date).replace(tzinfo=UTC)
        return cls(Exchange(exchange), int(moment.timestamp()) * 1000)


def partition_keys(context: dg.AssetExecutionContext) -> list[str]:
    """The keys this run has to materialize, sorted.

    Raises:
        dagster.Failure: the run's range and its keys disagree. A *job* backfill of a
            multi-partitioned asset with a backfill policy does that (dagster issue 28861): it
            would report whole ranges as done and do one partition of each.
    """
    keys = sorted(context.partition_keys)
    start, end = (context.run.tags.get(tag) for tag in (_RANGE_START, _RANGE_END))
    if start is not None and (start not in keys or end not in keys):
        raise dg.Failure(
            f"this run is tagged with the range {start} … {end} but was given {len(keys)} "
            f"partition(s) beginning with {keys[0]}: Dagster cuts backfills of jobs over "
            "multi-partitioned assets wrongly. Launch the backfill from the asset's own page "
            "(Materialize) or by 'arb-pipeline backfill' instead.",
            allow_retries=False,
        )
    return keys


def windows(days: Iterable[ExchangeDay]) -> dict[Exchange, list[Interval]]:
    """Per exchange the fewest windows that cover exactly these days."""
    intervals: dict[Exchange, list[Interval]] = defaultdict(list)
    for day in days:
        intervals[day.exchange].append(day.interval)
    return {exchange: merge(parts) for exchange, parts in intervals.items()}


def range_tags(days: Sequence[ExchangeDay]) -> dict[str, str]:
    """Run tags that make one run materialize the rectangle spanned by these partitions.

    Raises:
        ConfigurationError: one of the exchanges is not enabled.
    """
    _require_enabled(day.exchange for day in days)
    keys = sorted(str(day.key) for day in days)
    return {_RANGE_START: keys[0], _RANGE_END: keys[-1]}


def days_of_run(tags: Mapping[str, str], *, recent_days: int = 7) -> list[ExchangeDay]:
    """The partitions a run's tags name; of every exchange the last days where they name none."""
    key, start, end = (tags.get(tag) for tag in (_PARTITION, _RANGE_START, _RANGE_END))
    if key is not None:
        return [ExchangeDay.parse(key)]
    if start is not None and end is not None:
        wanted = dg.PartitionKeyRange(start, end)
        keys = exchange_day_partitions().get_partition_keys_in_range(wanted)
        return [ExchangeDay.parse(key) for key in keys]
    today = now_ms() // DAY_MS * DAY_MS
    return [
        ExchangeDay(exchange, today - ago * DAY_MS)
        for exchange in ENABLED
        for ago in range(recent_days)
    ]


def blocks(exchanges: Iterable[Exchange]) -> list[list[Exchange]]:
    """Exchanges grouped so that each group is a range of the exchange dimension without a hole.

    Raises:
        ConfigurationError: one of them is not enabled.
    """
    wanted = set(exchanges)
    _require_enabled(wanted)
    grouped: list[list[Exchange]] = []
    for exchange in sorted(wanted, key=ENABLED.index):
        if grouped and ENABLED.index(grouped[-1][-1]) + 1 == ENABLED.index(exchange):
            grouped[-1].append(exchange)
        else:
            grouped.append([exchange])
    return grouped


def static_range_tags(exchanges: Sequence[Exchange]) -> dict[str, str]:
    """The same for an asset that is partitioned by exchange alone."""
    _require_enabled(exchanges)
    names = sorted(exchange.value for exchange in exchanges)
    return {_RANGE_START: names[0], _RANGE_END: names[-1]}


def _require_enabled(exchanges: Iterable[Exchange]) -> None:
    others = sorted(set(exchanges) - set(ENABLED))
    if others:
        raise ConfigurationError(
            f"{', '.join(others)} is not enabled, so it has no partitions: add it to ARB_EXCHANGES"
        )
