"""Forgetting materializations that belong to no run.

What belongs here: events of assets that a sensor computes, which no deleted run takes along, and
those that were cut loose from a deleted run and have been followed by others since. The latest of
every asset and partition stays.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import dagster as dg
import sqlalchemy as db

# Dagster has no public name for the tables of its own storage; its version is pinned exactly.
from dagster._core.events import DagsterEventType
from dagster._core.instance.utils import RUNLESS_RUN_ID
from dagster._core.storage.event_log.schema import AssetEventTagsTable, SqlEventLogStorageTable


def forget_runless(instance: dg.DagsterInstance, before: datetime) -> int:
    """Delete materializations without a run that are older than ``before`` and not the latest.

    Returns:
        How many.
    """
    storage: Any = instance.event_log_storage
    events = SqlEventLogStorageTable.c
    materialized = events.dagster_event_type == DagsterEventType.ASSET_MATERIALIZATION.value
    runless = events.run_id == RUNLESS_RUN_ID
    keys = db.select(events.asset_key).where(materialized, runless).distinct()
    latest = (
        db.select(db.func.max(events.id))
        .where(materialized, events.asset_key.in_(keys))
        .group_by(events.asset_key, events.partition)
    )
    # Dagster writes its times without a zone, in UTC.
    until = before.astimezone(UTC).replace(tzinfo=None)
    old = db.select(events.id).where(
        materialized, runless, events.timestamp < until, events.id.not_in(latest)
    )
    with storage.index_connection() as connection:
        ids = list(connection.execute(old).scalars())
        for first in range(0, len(ids), 10_000):
            batch = ids[first : first + 10_000]
            tags = AssetEventTagsTable.c
            connection.execute(db.delete(AssetEventTagsTable).where(tags.event_id.in_(batch)))
            connection.execute(db.delete(SqlEventLogStorageTable).where(events.id.in_(batch)))
    return len(ids)
