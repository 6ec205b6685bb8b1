"""Deleting what Dagster keeps of runs that ended long ago; it has no retention for them itself.

What belongs here: which runs go, and what of them stays. The latest materialization of a partition
stays: deleting its run would delete it too, and the partition would show as never materialized. It
is cut loose from the run where it stands. Reporting it anew would give it today's time, so that an
asset that has been dead for days looked fresh, and would set off whatever waits for new data.
A run on which a partition's *failed* status rests is kept as long as other runs are.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import sqlalchemy as db

# Dagster has no public name for the tables of its own storage; its version is pinned exactly.
from dagster._core.events import DagsterEventType
from dagster._core.events.log import EventLogEntry
from dagster._core.instance.utils import RUNLESS_RUN_ID
from dagster._core.storage.event_log.schema import (
    AssetCheckExecutionsTable,
    SqlEventLogStorageTable,
)
from dagster._serdes import deserialize_value, serialize_value

BEAT_JOBS = (
    "beat",
    "balances_sync",
    "snapshot_checks",
    "candles_top_up",
    "trades_top_up",
    "order_flow",
)
_FINISHED = [
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.CANCELED,
]
_BATCH = 200
_MOST = 20_000


@dataclass(slots=True)
class Pruned:
    """What one pruning did.

    Attributes:
        beat_runs: runs of the heartbeat that were deleted.
        other_runs: other runs that were deleted.
        materializations: those that were kept although their run is gone.
        check_results: results of checks that were deleted; the latest of each check stays.
        kept_runs: old runs of the heartbeat that explain why a partition shows as failed.
        left: old runs that are left for the next time.
        seconds: how long it took.
    """

    beat_runs: int = 0
    other_runs: int = 0
    materializations: int = 0
    check_results: int = 0
    kept_runs: int = 0
    left: int = 0
    seconds: float = 0.0


def prune(
    instance: dg.DagsterInstance,
    *,
    keep_beat_days: int,
    keep_days: int,
    at_most: int = _MOST,
    now: datetime | None = None,
) -> Pruned:
    """Delete finished runs, their events and captured output, the oldest first.

    Args:
        instance: whose.
        keep_beat_days: days after their end that runs of the heartbeat are kept.
        keep_days: days after their end that all others are kept.
        at_most: how many runs; the next call goes on.
        now: the present, if it is another one.
    """
    started = time.monotonic()
    now = now or datetime.now(tz=UTC)
    done = Pruned()
    others = _finished_before(instance, now - timedelta(days=keep_days))
    known = set(others)
    beats = [
        run_id
        for job in BEAT_JOBS
        for run_id in _finished_before(instance, now - timedelta(days=keep_beat_days), job)
        if run_id not in known
    ]
    telling = _runs_of_failed_partitions(instance) if beats else set()
    done.kept_runs = len(telling.intersection(beats))
    beats = [run_id for run_id in beats if run_id not in telling]
    chosen = [*others, *beats][:at_most]
    done.left = len(others) + len(beats) - len(chosen)
    done.other_runs = min(len(others), len(chosen))
    done.beat_runs = len(chosen) - done.other_runs
    for first in range(0, len(chosen), _BATCH):
        batch = chosen[first : first + _BATCH]
        done.materializations += _cut_loose(instance, batch)
        done.check_results += _forget_checks(instance, batch)
        for run_id in batch:
            instance.delete_run(run_id)
            instance.compute_log_manager.delete_logs(prefix=[run_id])
    done.seconds = time.monotonic() - started
    return done


def _finished_before(
    instance: dg.DagsterInstance, moment: datetime, job: str | None = None
) -> list[str]:
    filters = dg.RunsFilter(statuses=_FINISHED, updated_before=moment, job_name=job)
    return list(reversed(instance.get_run_ids(filters=filters)))  # newest first by itself


def _runs_of_failed_partitions(instance: dg.DagsterInstance) -> set[str]:
    """Runs after which a partition was not materialized again."""
    storage: Any = instance.event_log_storage
    return {
        run_id
        for key in instance.all_asset_keys()
        for run_id, _ in (
            storage.get_latest_asset_partition_materialization_attempts_without_materializations(
                key
            ).values()
        )
    }


def _cut_loose(instance: dg.DagsterInstance, run_ids: Sequence[str]) -> int:
    """Keep the latest materialization of each asset and partition that lies in these runs."""
    storage: Any = instance.event_log_storage
    events = SqlEventLogStorageTable.c
    materialized = events.dagster_event_type == DagsterEventType.ASSET_MATERIALIZATION.value
    here = db.select(events.asset_key).where(materialized, events.run_id.in_(run_ids))
    latest = (
        db.select(db.func.max(events.id))
        .where(materialized, events.asset_key.in_(here))
        .group_by(events.asset_key, events.partition)
    )
    wanted = db.select(events.id, events.event).where(
        events.run_id.in_(run_ids), events.id.in_(latest)
    )
    with storage.index_connection() as connection:
        found = connection.execute(wanted).fetchall()
        for event_id, text in found:
            entry = _without_run(deserialize_value(text, EventLogEntry))
            connection.execute(
                db.update(SqlEventLogStorageTable)
                .where(events.id == event_id)
                .values(run_id=RUNLESS_RUN_ID, event=serialize_value(entry))
            )
    return len(found)


def _without_run(entry: EventLogEntry) -> EventLogEntry:
    event = entry.dagster_event
    if event is None:
        return entry
    data: Any = event.event_specific_data
    note = {
        **data.materialization.metadata,
        "pruned run": dg.MetadataValue.text(f"{entry.run_id} of {entry.job_name}"),
    }
    materialization = data.materialization.with_metadata(note)
    return entry._replace(
        run_id=RUNLESS_RUN_ID,
        dagster_event=event._replace(
            event_specific_data=data._replace(materialization=materialization)
        ),
    )


def _forget_checks(instance: dg.DagsterInstance, run_ids: Sequence[str]) -> int:
    """Delete results of checks in these runs, but for the latest of each check and partition."""
    storage: Any = instance.event_log_storage
    checks = AssetCheckExecutionsTable.c
    latest = db.select(db.func.max(checks.id)).group_by(
        checks.asset_key, checks.check_name, checks.partition
    )
    with storage.index_connection() as connection:
        deleted = connection.execute(
            db.delete(AssetCheckExecutionsTable).where(
                checks.run_id.in_(run_ids), checks.id.not_in(latest)
            )
        )
    return int(deleted.rowcount)
