"""The ``portfolio_items`` asset: what each account's assets are worth and what they earned."""

# Annotations are not postponed here: Dagster reads those of assets and schedules.

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC
from typing import Any

import dagster as dg

from arb_pipeline.defs.derived.io_manager import Derivation, Derive
from arb_pipeline.defs.derived.ticks import derived_run
from arb_pipeline.defs.derived.valuing import Valuer
from arb_pipeline.defs.partitions import ExchangeDay, exchange_day_partitions, partition_keys
from arb_pipeline.defs.resources import ExchangesResource
from arb_pipeline.defs.table_schema import table_metadata
from arb_pipeline.model import DAY_MS, now_ms
from arb_pipeline.settings import settings
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.reference import Reference


@dg.asset(
    partitions_def=exchange_day_partitions(),
    # One run for all exchanges: partition_keys() guards against the bug of job backfills.
    backfill_policy=dg.BackfillPolicy.single_run(),
    io_manager_key="derived_io_manager",
    group_name="derived",
    owners=["team:arb_pipeline"],
    kinds={"timescaledb", "python"},
    tags={"data_set": "portfolio_items"},
    metadata=table_metadata("portfolio_items"),
    deps=["balances", "account_trades", "book_tickers", "tickers", "candles"],
    description=(
        "Per account and asset: quantity, price, value, average entry price by average cost over "
        "own fills on spot, unrealised and realised profit, in ARB_REFERENCE_CURRENCY. Null is "
        "unknown, and `note` says why; what fills do not explain of a balance is "
        "`unexplained_quantity`. Today's partition is valued now; one of the past at the last time "
        "the account was read on that day, for as long as balances are kept."
    ),
)
def portfolio_items(context: dg.AssetExecutionContext, exchanges: ExchangesResource) -> Derivation:
    """The accounts of this run's partitions, to be valued at one moment."""
    now = now_ms()

    @asynccontextmanager
    async def opened(pool: Pool) -> AsyncIterator[Derive]:
        async with exchanges.clients(pool) as clients:
            reference = await Reference.load(pool)
            yield Valuer(pool, reference, clients, settings(), now).value

    days = [ExchangeDay.parse(key) for key in partition_keys(context)]
    return Derivation(days, opened, context.add_asset_metadata)


portfolio_job = dg.define_asset_job(
    "portfolio",
    selection=dg.AssetSelection.assets(portfolio_items).without_checks(),
    executor_def=dg.in_process_executor,
    description="Values every account with credentials, now.",
)


@dg.schedule(
    name="portfolio",
    job=portfolio_job,
    cron_schedule=settings().portfolio_cron,
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Values all accounts by ARB_PORTFOLIO_CRON, in one run for all exchanges.",
)
def portfolio(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """One run for all enabled exchanges, today."""
    at = int(context.scheduled_execution_time.astimezone(UTC).timestamp()) * 1000
    return derived_run(context, portfolio_job.name, [at // DAY_MS * DAY_MS])


portfolio_assets: list[Any] = [portfolio_items]
portfolio_jobs = [portfolio_job]
portfolio_schedules = [portfolio]
