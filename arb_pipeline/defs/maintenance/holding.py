"""What must not be dropped now: the days that open runs and backfills write.

What belongs here: reading them from the Dagster instance. Where it cannot be read what one writes,
everything it may write is held back; the next retention looks again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import dagster as dg

# Dagster has no public name for these.
from dagster._core.execution.backfill import BulkActionsFilter, PartitionBackfill

from arb_pipeline.defs.open_work import OPEN_BACKFILLS, OPEN_RUNS
from arb_pipeline.defs.partitions import ExchangeDay, days_of_run
from arb_pipeline.storage.coverage import to_datetime

# What is in no entry writes to no table that is ever dropped from or compressed.
TABLES = {
    "book_tickers": "book_ticker_snapshots",
    "tickers": "ticker_snapshots",
    "trades": "trade_snapshots",
    "balances": "balance_snapshots",
    "funding_rates": "funding_rate_snapshots",
    "funding_rate_history": "funding_rate_snapshots",
    "candles": "candles",
}
AssetsOfJob = Callable[[str], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Hold:
    """What of a table somebody may be writing.

    Attributes:
        table: which.
        since: nothing at or after this instant may be dropped; None holds back the whole table.
        who: the run or backfill, and the asset.
    """

    table: str
    since: datetime | None
    who: str

    def before(self, cutoff: datetime) -> bool:
        """Whether it holds back what a cutoff would let go."""
        return self.since is None or self.since < cutoff


def holds(instance: dg.DagsterInstance, assets_of_job: AssetsOfJob) -> dict[str, Hold]:
    """Per table the hold that reaches back furthest.

    Args:
        instance: whose runs and backfills.
        assets_of_job: names of the assets a job materializes; raises LookupError of a job it does
            not know.
    """
    furthest: dict[str, Hold] = {}
    for hold in (*_of_runs(instance, assets_of_job), *_of_backfills(instance, assets_of_job)):
        known = furthest.get(hold.table)
        if known is None or _reach(hold) < _reach(known):
            furthest[hold.table] = hold
    return furthest


def _reach(hold: Hold) -> float:
    return float("-inf") if hold.since is None else hold.since.timestamp()


def _of_runs(instance: dg.DagsterInstance, assets_of_job: AssetsOfJob) -> Iterator[Hold]:
    for run in instance.get_runs(filters=dg.RunsFilter(statuses=OPEN_RUNS)):
        if run.asset_selection is not None:
            assets = [key.to_user_string() for key in run.asset_selection]
        else:
            assets = _assets(run.job_name, assets_of_job)
        for asset in assets:
            if asset in TABLES:
                since = _earliest(partial(days_of_run, run.tags))
                yield Hold(TABLES[asset], since, f"run {run.run_id[:8]} of {asset}")


def _of_backfills(instance: dg.DagsterInstance, assets_of_job: AssetsOfJob) -> Iterator[Hold]:
    filters = BulkActionsFilter(statuses=OPEN_BACKFILLS)
    for backfill in instance.get_backfills(filters=filters):
        who = f"backfill {backfill.backfill_id} of"
        if backfill.asset_selection is not None:
            assets = [key.to_user_string() for key in backfill.asset_selection]
        else:
            assets = _assets(backfill.job_name, assets_of_job)
        for asset in assets:
            if asset in TABLES:
                since = _earliest(partial(_days_of_backfill, backfill, asset))
                yield Hold(TABLES[asset], since, f"{who} {asset}")


def _assets(job: str | None, assets_of_job: AssetsOfJob) -> list[str]:
    try:
        return list(assets_of_job(job)) if job else list(TABLES)
    except LookupError:  # of another code version: it may write anything
        return list(TABLES)


def _days_of_backfill(backfill: PartitionBackfill, asset: str) -> list[ExchangeDay]:
    if backfill.partition_names is not None:
        return [ExchangeDay.parse(key) for key in backfill.partition_names]
    data = backfill.asset_backfill_data
    if data is None:
        raise LookupError("its partitions cannot be read")
    subset = data.target_subset.partitions_subsets_by_asset_key[dg.AssetKey(asset)]
    return [ExchangeDay.parse(str(key)) for key in subset.get_partition_keys()]


def _earliest(days: Callable[[], Iterable[ExchangeDay]]) -> datetime | None:
    """The first instant of the first day; None where the days cannot be read."""
    try:
        return to_datetime(min(day.day for day in days()))
    except (LookupError, ValueError, dg.DagsterError):
        return None
