"""When maintenance is done."""

import dagster as dg

from arb_pipeline.defs.maintenance.assets import dagster_history, retention
from arb_pipeline.settings import settings

retention_job = dg.define_asset_job(
    "maintenance",
    selection=[retention, dagster_history],
    executor_def=dg.in_process_executor,
    description="Drops rows and deletes runs that are older than they are kept.",
)
retention_schedule = dg.ScheduleDefinition(
    name="retention",
    job=retention_job,
    cron_schedule=settings().retention_cron,
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Drops rows and deletes runs once a day.",
)
