"""Watching: checks on what is sampled, and who is told when something is down.

What belongs here: reading what was collected and saying whether it is as it should be. What does
not: collecting, and mending.
"""

from arb_pipeline.defs.monitoring.alerts import alerts
from arb_pipeline.defs.monitoring.checks import (
    snapshot_checks,
    snapshot_checks_job,
    snapshot_checks_schedule,
)
from arb_pipeline.defs.monitoring.run_failures import run_failures

monitoring_checks = [snapshot_checks]
monitoring_jobs = [snapshot_checks_job]
monitoring_schedules = [snapshot_checks_schedule]
monitoring_sensors = [alerts, run_failures]

__all__ = [
    "monitoring_checks",
    "monitoring_jobs",
    "monitoring_schedules",
    "monitoring_sensors",
]
