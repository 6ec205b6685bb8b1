"""Who collects history at this moment, so that nothing is asked for twice at the same time."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg

# Dagster has no public name for these.
from dagster._core.execution.backfill import BulkActionsFilter

from arb_pipeline.defs.open_work import OPEN_BACKFILLS, OPEN_RUNS
from arb_pipeline.defs.partitions import ENABLED, days_of_run
from arb_pipeline.model import Exchange

# How runs are known that nobody chose: those of sensors, and those of schedules.
REPAIR_TAG = "arb/repair"
TOP_UP_TAG = "arb/top_up"


def own_runs(instance: dg.DagsterInstance, kind: str) -> int:
    """Runs of one sensor, ``repair`` or ``registration``, that have not ended."""
    wanted = dg.RunsFilter(statuses=OPEN_RUNS, tags={REPAIR_TAG: kind})
    return instance.get_runs_count(wanted)


def busy(instance: dg.DagsterInstance, assets_by_job: dict[str, str]) -> set[tuple[Exchange, str]]:
    """Exchange and asset of every open run; an open backfill may reach every exchange.

    Args:
        instance: whose runs.
        assets_by_job: the asset of each job that collects history.
    """
    return {
        (exchange, asset)
        for exchanges, assets in (*_of_runs(instance, assets_by_job), *_of_backfills(instance))
        for exchange in exchanges
        for asset in assets
    }


def _of_runs(
    instance: dg.DagsterInstance, assets_by_job: dict[str, str]
) -> Iterator[tuple[list[Exchange], list[str]]]:
    history = set(assets_by_job.values())
    for run in instance.get_runs(filters=dg.RunsFilter(statuses=OPEN_RUNS)):
        if run.asset_selection is not None:
            chosen = {key.to_user_string() for key in run.asset_selection}
            # Of other assets, which may be partitioned otherwise, nothing is read.
            assets = sorted(chosen & history)
        else:
            assets = [assets_by_job[run.job_name]] if run.job_name in assets_by_job else []
        if assets:
            yield _exchanges(run), assets


def _exchanges(run: dg.DagsterRun) -> list[Exchange]:
    try:
        return sorted({day.exchange for day in days_of_run(run.tags)})
    except (LookupError, ValueError, dg.DagsterError):  # of partitions there are no longer
        return ENABLED


def _of_backfills(instance: dg.DagsterInstance) -> Iterator[tuple[list[Exchange], list[str]]]:
    filters = BulkActionsFilter(statuses=OPEN_BACKFILLS)
    for backfill in instance.get_backfills(filters=filters):
        if backfill.asset_selection is not None:
            yield ENABLED, [key.to_user_string() for key in backfill.asset_selection]
