"""When candles are topped up: the schedule that keeps today complete."""

# Annotations are not postponed here: Dagster reads those of assets, checks and schedules.

from collections.abc import Sequence
from datetime import UTC, datetime

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from arb_pipeline.defs.history.assets import candles
from arb_pipeline.defs.history.events import event_assets
from arb_pipeline.defs.history.in_progress import TOP_UP_TAG
from arb_pipeline.defs.open_work import OPEN_RUNS
from arb_pipeline.defs.partitions import ExchangeDay, blocks, range_tags
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.defs.running import run
from arb_pipeline.exchanges.catalog import CAPABILITIES
from arb_pipeline.model import DAY_MS, DataSet, Exchange
from arb_pipeline.settings import settings
from arb_pipeline.storage.reference import tracked

# Minutes after midnight during which yesterday is topped up too: its last candles close, and are
# asked for, after it ended. What may appear later than that is waited for.
_YESTERDAY_MINUTES = 30


def _job(asset: dg.AssetsDefinition) -> UnresolvedAssetJobDefinition:
    name = asset.key.path[-1]
    return dg.define_asset_job(
        f"{name}_top_up",
        selection=[asset],
        executor_def=dg.in_process_executor,
        description=f"Fetches what is new of {name} since the last run, of all enabled exchanges.",
    )


candles_job = _job(candles)
trades_job, funding_job, fills_job = (_job(asset) for asset in event_assets)
top_up_jobs = [candles_job, trades_job, funding_job, fills_job]


def top_up_days(at: datetime, exchanges: Sequence[Exchange], late_ms: int = 0) -> list[ExchangeDay]:
    """The partitions a top-up at this moment has to look at; ``late_ms``: rows appear so late."""
    now = int(at.timestamp()) * 1000
    today = now - now % DAY_MS
    young = now - today < _YESTERDAY_MINUTES * 60_000 + late_ms
    days = [today - DAY_MS, today] if young else [today]
    return [ExchangeDay(exchange, day) for exchange in exchanges for day in days]


def _top_up(
    job: UnresolvedAssetJobDefinition, cron: str, data_set: DataSet
) -> dg.ScheduleDefinition:
    late_ms = max(able.grace_ms for able in CAPABILITIES[data_set].values())

    @dg.schedule(
        name=job.name,
        job=job,
        cron_schedule=cron,
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Fetches what is new; skips, and says so, while the previous run goes on.",
    )
    def top_up(
        context: dg.ScheduleEvaluationContext, database: DatabaseResource
    ) -> dg.SkipReason | list[dg.RunRequest]:
        """One run for all exchanges with tracked symbols; a sick one fails by itself in it."""
        at = context.scheduled_execution_time.astimezone(UTC)
        in_progress = context.instance.get_runs_count(
            dg.RunsFilter(statuses=OPEN_RUNS, tags={TOP_UP_TAG: "true"}, job_name=job.name)
        )
        if in_progress:
            return dg.SkipReason(
                f"{in_progress} run(s) of the previous top-up are still in progress"
            )
        collected = run(_collected(database))
        exchanges = [exchange for exchange in settings().exchanges if exchange in collected]
        if not exchanges:
            return dg.SkipReason(
                "no symbol of an enabled exchange is tracked: arb-pipeline symbols track …"
            )
        return [
            dg.RunRequest(
                run_key=f"{at.isoformat()} {block[0]}",
                tags={TOP_UP_TAG: "true", **range_tags(top_up_days(at, block, late_ms))},
            )
            for block in blocks(exchanges)
        ]

    return top_up


async def _collected(database: DatabaseResource) -> set[Exchange]:
    async with database.pool(1) as pool:
        return {instrument.exchange for instrument in await tracked(pool, settings().exchanges)}


candles_top_up = _top_up(candles_job, settings().top_up_cron, DataSet.CANDLES)
top_up_schedules = [
    candles_top_up,
    _top_up(trades_job, settings().trades_top_up_cron, DataSet.TRADES),
    _top_up(funding_job, settings().funding_top_up_cron, DataSet.FUNDING_RATES),
    _top_up(fills_job, settings().account_trades_top_up_cron, DataSet.ACCOUNT_TRADES),
]
