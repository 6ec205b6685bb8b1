"""Which runs and backfills have not ended, for whoever must not get in their way."""

from __future__ import annotations

import dagster as dg

# Dagster has no public name for this.
from dagster._core.execution.backfill import BulkActionStatus

OPEN_RUNS = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
OPEN_BACKFILLS = [
    BulkActionStatus.REQUESTED,
    BulkActionStatus.CANCELING,
    BulkActionStatus.FAILING,
]
