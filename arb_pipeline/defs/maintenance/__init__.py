"""Maintenance: what is kept, for how long, and how large it has become."""

from arb_pipeline.defs.maintenance.assets import dagster_history, retention
from arb_pipeline.defs.maintenance.automation import retention_job, retention_schedule

maintenance_assets = [retention, dagster_history]
maintenance_jobs = [retention_job]
maintenance_schedules = [retention_schedule]
