"""Words of the tests that complete history: ticks of sensors, and the runs they ask for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg
import pytest

from arb_pipeline import settings as settings_module
from arb_pipeline.definitions import defs
from arb_pipeline.defs.history.registration import registration
from arb_pipeline.defs.history.repair import repair
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.model import DAY_MS, DataSet, Exchange, iso, now_ms
from arb_pipeline.storage.history import LAG_MS
from arb_pipeline_tests.integration.conftest import Pipeline

TODAY = now_ms() // DAY_MS * DAY_MS
# Every row version of what is known and what is stored.
VERSIONS = (
    "SELECT 'coverage', xmin::text, ctid::text FROM coverage UNION ALL "
    "SELECT 'registrations', xmin::text, ctid::text FROM registrations UNION ALL "
    "SELECT 'candles', xmin::text, ctid::text FROM candles ORDER BY 1, 2, 3"
)


def ago(days: int) -> str:
    """A UTC day before today, as in the keys of partitions."""
    return iso(TODAY - days * DAY_MS)[:10]


def newest(data_set: DataSet) -> str:
    """The last day that is wanted: what happened since is left to the next top-up."""
    return iso(now_ms() - LAG_MS[data_set])[:10]


def tick(pipeline: Pipeline, sensor: dg.SensorDefinition) -> tuple[list[dg.RunRequest], str]:
    """The runs a sensor wants now, and what it says where it wants none."""
    resources = {"database": DatabaseResource()}
    with dg.build_sensor_context(pipeline.instance, None, resources=resources) as context:
        done = sensor.evaluate_tick(context)
    return list(done.run_requests or []), done.skip_message or ""


def execute(pipeline: Pipeline, requests: Sequence[dg.RunRequest]) -> list[bool]:
    """Run what was wanted, one after the other; whether each succeeded."""
    return [
        defs.resolve_job_def(request.job_name or "")
        .execute_in_process(
            instance=pipeline.instance,
            tags=request.tags,
            run_config=request.run_config,
            raise_on_error=False,
        )
        .success
        for request in requests
    ]


def asked_for(request: dg.RunRequest) -> tuple[str, str, list[str]]:
    """First and last partition of a run, and its symbols."""
    tags = request.tags
    ops: Any = request.run_config["ops"]
    (op,) = ops.values()
    return (
        tags["dagster/asset_partition_range_start"],
        tags["dagster/asset_partition_range_end"],
        op["config"]["symbols"],
    )


def complete(pipeline: Pipeline) -> list[dg.RunRequest]:
    """Let both sensors have their way until neither wants anything."""
    requests: list[dg.RunRequest] = []
    for _ in range(20):
        wanted = [*tick(pipeline, registration)[0], *tick(pipeline, repair)[0]]
        if not wanted:
            return requests
        assert all(execute(pipeline, wanted))
        requests += wanted
    raise AssertionError("the sensors never come to an end")


def is_plausible(pipeline: Pipeline) -> bool:
    """What the check said of the trades it looked at last."""
    key = dg.AssetCheckKey(dg.AssetKey("trades"), "trades_plausible")
    log = pipeline.instance.event_log_storage
    event = log.get_latest_asset_check_execution_by_key([key])[key].event
    assert event is not None
    assert event.dagster_event is not None
    return event.dagster_event.asset_check_evaluation_data.passed


def minutes_shown(pipeline: Pipeline, asset: str, exchange: Exchange, days: int) -> tuple[int, ...]:
    """Minutes present, absent, unreachable and missing, as the UI shows them of a partition."""
    partition = f"{ago(days)}|{exchange}"
    records = pipeline.instance.fetch_materializations(
        dg.AssetRecordsFilter(dg.AssetKey(asset), asset_partitions=[partition]), limit=1
    ).records
    assert records[0].asset_materialization is not None
    metadata = records[0].asset_materialization.metadata
    states = ("present", "absent", "unreachable", "missing")
    return tuple(int(str(metadata[f"minutes {state}"].value)) for state in states)


@pytest.fixture
def repairing(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipeline]:
    """The pipeline, wanting today and the three days before; two days a run, one run at a time."""
    if not 3 * 60_000 < now_ms() - TODAY < DAY_MS - 120_000:
        pytest.skip("the day changes while this test would run")
    for name, value in (
        ("ARB_COMPLETED", "candles"),
        ("ARB_BACKFILL_DAYS", "3"),
        ("ARB_REPAIR_DAYS_PER_RUN", "2"),
        ("ARB_REPAIR_REQUESTS_PER_RUN", "0"),
        ("ARB_REPAIR_RUNS", "1"),
        ("ARB_REPAIR_GRACE_MINUTES", "1"),
    ):
        monkeypatch.setenv(name, value)
    settings_module.settings.cache_clear()
    yield pipeline
    settings_module.settings.cache_clear()
