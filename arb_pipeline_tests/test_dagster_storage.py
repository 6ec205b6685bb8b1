"""What a run plans is stored together, and reads as Dagster would have stored it."""

from __future__ import annotations

from collections.abc import Sequence
from time import time
from typing import Any

import dagster as dg
import pytest
from dagster import DagsterEventType, EventLogEntry
from dagster._core.events import AssetMaterializationPlannedData, DagsterEvent
from dagster_postgres.event_log import PostgresEventLogStorage

from arb_pipeline.dagster_storage import EventLog, Storage

ASSET = dg.AssetKey("candles")
KEYS = [f"2026-01-{day:02}|MEXC_SPOT" for day in range(1, 6)]


def planned(run_id: str) -> list[EventLogEntry]:
    return [
        EventLogEntry(  # type: ignore[no-untyped-call]
            error_info=None,
            level="debug",
            user_message="",
            run_id=run_id,
            timestamp=time(),
            step_key="candles",
            job_name="a_job",
            dagster_event=DagsterEvent.build_asset_materialization_planned_event(
                "a_job", "candles", AssetMaterializationPlannedData(ASSET, partition=key)
            ),
        )
        for key in KEYS
    ]


def stored(storage: PostgresEventLogStorage, run_id: str) -> dict[str, object]:
    """Everything Dagster asks of planned materializations."""
    records = storage.get_records_for_run(run_id).records
    latest = storage.get_latest_planned_materialization_info(ASSET, KEYS[2])
    (asset,) = storage.get_asset_records([ASSET])
    return {
        "partitions": sorted(record.event_log_entry.dagster_event.partition for record in records),  # type: ignore[union-attr, type-var]
        "types": {record.event_log_entry.dagster_event_type for record in records},
        "latest": latest.run_id if latest else None,
        "last run": asset.asset_entry.last_run_id,
    }


def test_planned_materializations_are_stored_as_dagster_stores_them(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = EventLog(empty_database_url)
    statements: list[int] = []

    def watched(events: Sequence[EventLogEntry]) -> Any:
        statements.append(len(events))
        return EventLog.prepare_insert_event_batch(ours, events)

    monkeypatch.setattr(ours, "prepare_insert_event_batch", watched)
    ours.store_event_batch(planned("run-1"))
    assert statements == [len(KEYS)]
    found = stored(ours, "run-1")
    assert found == {
        "partitions": KEYS,
        "types": {DagsterEventType.ASSET_MATERIALIZATION_PLANNED},
        "latest": "run-1",
        "last run": "run-1",
    }
    theirs = PostgresEventLogStorage(empty_database_url, should_autocreate_tables=False)
    theirs.store_event_batch(planned("run-2"))
    assert stored(theirs, "run-2") == {**found, "latest": "run-2", "last run": "run-2"}


def test_an_instance_uses_it(empty_database_url: str) -> None:
    storage = Storage.from_config_value(None, {"postgres_url": empty_database_url})
    assert isinstance(storage.event_log_storage, EventLog)
