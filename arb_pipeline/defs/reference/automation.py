"""When listings are synchronised."""

# Annotations are not postponed here: Dagster reads those of assets, checks and schedules.

import dagster as dg

from arb_pipeline.defs.partitions import blocks, static_range_tags
from arb_pipeline.defs.reference.assets import symbols
from arb_pipeline.settings import settings

symbols_job = dg.define_asset_job(
    "symbols_sync",
    selection=[symbols],
    executor_def=dg.in_process_executor,
    description="Synchronises the listings of all enabled exchanges.",
)


@dg.schedule(
    name="symbols_sync",
    job=symbols_job,
    cron_schedule=settings().symbols_sync_cron,
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Synchronises listings, so that new, renamed and delisted symbols are known.",
)
def symbols_sync(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest]:
    """One run for all enabled exchanges."""
    at = context.scheduled_execution_time.isoformat()
    return [
        dg.RunRequest(run_key=f"{at} {block[0]}", tags=static_range_tags(block))
        for block in blocks(settings().exchanges)
    ]
