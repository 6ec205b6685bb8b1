"""Runs that ended long ago go, and what the UI shows of partitions stays as it was."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test

from arb_pipeline.defs.maintenance.pruning import Pruned, prune
from arb_pipeline.storage.create_database import with_database
from arb_pipeline.storage.database import connect
from arb_pipeline_tests.defs.ended_runs import FAILING, KEYS, PARTITIONS, run, sampled, whole


@pytest.fixture
def instance(server_url: str, tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """Dagster's instance over a PostgreSQL database of its own."""
    name = f"arb_test_dagster_{uuid4().hex[:12]}"
    asyncio.run(_execute(server_url, f"CREATE DATABASE {name}"))
    url = with_database(server_url, name)
    with dg.instance_for_test(
        temp_dir=str(tmp_path), overrides={"storage": {"postgres": {"postgres_url": url}}}
    ) as made:
        yield made
    FAILING.clear()
    asyncio.run(_execute(server_url, f"DROP DATABASE {name} WITH (FORCE)"))


async def _execute(url: str, statement: str) -> None:
    connection = await connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _shown(instance: dg.DagsterInstance) -> dict[str, Any]:
    """What the UI says of the partitions: status, and time and metadata of the latest event."""
    key = sampled.key
    statuses = instance.get_status_by_partition(key, KEYS, PARTITIONS) or {}
    shown: dict[str, Any] = {}
    for partition in KEYS:
        records = instance.fetch_materializations(
            dg.AssetRecordsFilter(asset_key=key, asset_partitions=[partition]), limit=1
        ).records
        record = records[0] if records else None
        status = statuses[partition]
        latest = None
        if record is not None and record.asset_materialization is not None:
            told = record.asset_materialization.metadata["run"].value
            latest = (record.storage_id, record.timestamp, told)
        shown[partition] = (status.value if status else None, latest)
    shown["materialized"] = instance.get_materialized_partitions(key)
    whole_event = instance.get_latest_materialization_event(whole.key)
    shown["whole"] = whole_event and whole_event.timestamp
    return shown


def _prune(instance: dg.DagsterInstance, days: float, **options: Any) -> Pruned:
    now = datetime.now(tz=UTC) + timedelta(days=days)
    return prune(instance, keep_beat_days=3, keep_days=30, now=now, **options)


def _ids(instance: dg.DagsterInstance) -> set[str]:
    return {run.run_id for run in instance.get_runs()}


def test_partitions_show_the_same_before_and_after(instance: dg.DagsterInstance) -> None:
    for _ in range(3):
        run(instance, "beat")
    broken = run(instance, "beat", "b")
    open_run = create_run_for_test(
        instance, job_name="beat", status=dg.DagsterRunStatus.STARTED
    ).run_id
    other = run(instance, "top_up")
    before = _shown(instance)
    assert [before[key][0] for key in KEYS] == ["MATERIALIZED", "FAILED", "MATERIALIZED", None]

    assert _prune(instance, 2.9).beat_runs == 0
    done = _prune(instance, 3.1)
    assert (done.beat_runs, done.other_runs, done.kept_runs, done.left) == (3, 0, 1, 0)
    assert done.materializations == 1  # of b: those of a and c lie in the run that is kept
    assert _ids(instance) == {broken, open_run, other}
    assert _shown(instance) == before

    _prune(instance, 31)  # the failure is forgotten, what was stored before it is not
    assert _ids(instance) == {open_run}
    assert _shown(instance)["b"][1] == before["b"][1]
    assert instance.get_materialized_partitions(sampled.key) == {"a", "b", "c"}


def test_after_a_month_only_what_is_open_is_left(instance: dg.DagsterInstance) -> None:
    for _ in range(3):
        last = run(instance, "beat")
    other = run(instance, "top_up")
    open_run = create_run_for_test(
        instance, job_name="anything", status=dg.DagsterRunStatus.NOT_STARTED
    ).run_id
    before = _shown(instance)
    done = _prune(instance, 31)
    assert (done.beat_runs, done.other_runs, done.left) == (0, 4, 0)
    assert done.materializations == 3 + 1
    assert _ids(instance) == {open_run}
    assert _shown(instance) == before
    (kept,) = instance.fetch_materializations(
        dg.AssetRecordsFilter(asset_key=sampled.key, asset_partitions=["a"]), limit=1
    ).records
    assert kept.run_id == ""
    assert kept.asset_materialization is not None
    note = kept.asset_materialization.metadata["pruned run"].value
    assert note == f"{last} of beat"
    assert instance.get_records_for_run(other).records == []
    again = _prune(instance, 31)
    assert again == Pruned(seconds=again.seconds)


def test_the_latest_result_of_a_check_stays(instance: dg.DagsterInstance) -> None:
    for _ in range(3):
        run(instance, "top_up")
    key = dg.AssetCheckKey(whole.key, "sound")
    storage: Any = instance.event_log_storage
    results = storage.get_asset_check_execution_history(key, limit=9)
    assert len(results) == 3
    assert _prune(instance, 31).check_results == 2
    assert [one.id for one in storage.get_asset_check_execution_history(key, limit=9)] == [
        results[0].id
    ]
    assert storage.get_latest_asset_check_execution_by_key([key])[key].id == results[0].id


def test_captured_output_goes_with_the_run(instance: dg.DagsterInstance) -> None:
    run_id = run(instance, "top_up")
    manager: Any = instance.compute_log_manager
    directory = Path(manager.get_captured_local_path([run_id, "compute_logs", "x"], "out")).parent
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "x.out").write_text("said")
    _prune(instance, 31)
    assert not directory.exists()


def test_it_does_so_many_at_a_time_and_the_oldest_first(instance: dg.DagsterInstance) -> None:
    runs = [run(instance, "top_up") for _ in range(4)]
    done = _prune(instance, 31, at_most=3)
    assert (done.other_runs, done.left) == (3, 1)
    assert _ids(instance) == {runs[-1]}


def test_what_ended_just_now_is_kept_however_long_it_ran(instance: dg.DagsterInstance) -> None:
    run_id = run(instance, "top_up")
    assert _prune(instance, 29.9).other_runs == 0
    assert _ids(instance) == {run_id}
