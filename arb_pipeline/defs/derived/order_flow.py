"""The ``order_flow_metrics`` asset: pressure of orders and trades, window by window."""

# Annotations are not postponed here: Dagster reads those of assets and schedules.

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC
from typing import Any

import dagster as dg

from arb_pipeline.defs.derived.flowing import Flow
from arb_pipeline.defs.derived.io_manager import Derivation, Derive
from arb_pipeline.defs.derived.ticks import derived_run
from arb_pipeline.defs.partitions import ExchangeDay, exchange_day_partitions, partition_keys
from arb_pipeline.defs.table_schema import table_metadata
from arb_pipeline.model import DAY_MS, Interval, now_ms
from arb_pipeline.settings import settings
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.reference import Reference

# A run of the schedule looks at the newest windows only; one that somebody launched, at whole days.
RECENT_TAG = "arb/recent"


@dg.asset(
    partitions_def=exchange_day_partitions(),
    # One run for all exchanges: partition_keys() guards against the bug of job backfills.
    backfill_policy=dg.BackfillPolicy.single_run(),
    io_manager_key="derived_io_manager",
    group_name="derived",
    owners=["team:arb_pipeline"],
    kinds={"timescaledb", "python"},
    tags={"data_set": "order_flow_metrics"},
    metadata=table_metadata("order_flow_metrics"),
    deps=["book_tickers", "trades"],
    description=(
        "Per tracked symbol and window of ARB_ORDER_FLOW_SECONDS: order-flow imbalance (Cont, "
        "Kukanov, Stoikov 2014) over the sampled tops of books, microprice (Stoikov 2018, its "
        "first order: the mid weighted by size) of the last book, and volume imbalance of takers. "
        "Null is unknown: too few books, or trades that are not complete yet. A window belongs to "
        "the day it begins on. Materializing a day again computes it from what is still stored; "
        "what can no longer be computed is left as it is."
    ),
)
def order_flow_metrics(context: dg.AssetExecutionContext) -> Derivation:
    """The windows of this run's partitions that have ended."""
    now = now_ms()
    is_recent = RECENT_TAG in context.run.tags
    since = now - settings().order_flow_minutes * 60_000 if is_recent else None

    @asynccontextmanager
    async def opened(pool: Pool) -> AsyncIterator[Derive]:
        yield Flow(pool, await Reference.load(pool), settings(), now, since).compute

    days = [ExchangeDay.parse(key) for key in partition_keys(context)]
    return Derivation(days, opened, context.add_asset_metadata)


order_flow_job = dg.define_asset_job(
    "order_flow",
    selection=dg.AssetSelection.assets(order_flow_metrics).without_checks(),
    executor_def=dg.in_process_executor,
    description="Computes the newest windows of order flow of all enabled exchanges.",
)


@dg.schedule(
    name="order_flow",
    job=order_flow_job,
    cron_schedule=settings().order_flow_cron,
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description=(
        "Computes the windows that ended in the last ARB_ORDER_FLOW_MINUTES, by "
        "ARB_ORDER_FLOW_CRON, in one run for all exchanges."
    ),
)
def order_flow(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """One run over the days the newest windows lie on."""
    at = int(context.scheduled_execution_time.astimezone(UTC).timestamp()) * 1000
    configured = settings()
    looked_at = Interval(at - configured.order_flow_minutes * 60_000, at)
    days = [part.start // DAY_MS * DAY_MS for part in looked_at.days()]
    return derived_run(context, order_flow_job.name, days, {RECENT_TAG: "true"})


order_flow_assets: list[Any] = [order_flow_metrics]
order_flow_jobs = [order_flow_job]
order_flow_schedules = [order_flow]
