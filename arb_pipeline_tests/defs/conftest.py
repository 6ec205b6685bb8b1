"""Fixtures of the tests that watch: rows, runs of the checks, ticks of the sensor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from arb_pipeline import settings as settings_module
from arb_pipeline.defs.monitoring import monitoring_checks, monitoring_jobs
from arb_pipeline.defs.monitoring.alerts import alerts
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline_tests.defs.snapshot_rows import Snapshots
from arb_pipeline_tests.defs.watching import ASSETS, TOKEN, Check, Evaluations, Tick
from arb_pipeline_tests.fixtures.receiver import WebhookReceiver


@pytest.fixture
def rows(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Snapshots]:
    """The test's own database, which the settings name."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("ARB_SIMULATOR", "false")
    monkeypatch.setenv("ARB_HOME", str(tmp_path))
    settings_module.settings.cache_clear()
    yield Snapshots(database_url)
    settings_module.settings.cache_clear()


@pytest.fixture
def check(rows: Snapshots) -> Iterator[Check]:
    """Runs the job and gives the evaluations by asset and name."""
    defs = dg.Definitions(
        assets=[dg.AssetSpec(key) for key in ASSETS],
        asset_checks=monitoring_checks,
        jobs=monitoring_jobs,
        resources={"database": DatabaseResource()},
        executor=dg.in_process_executor,
    )
    job = defs.resolve_job_def("snapshot_checks")
    with dg.DagsterInstance.ephemeral() as instance:

        def run() -> Evaluations:
            result = job.execute_in_process(instance=instance)
            return {
                (one.asset_key.to_user_string(), one.check_name): one
                for one in result.get_asset_check_evaluations()
            }

        yield run


@pytest.fixture
def tick(
    rows: Snapshots, receiver: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Tick]:
    """One evaluation of the sensor; its cursor goes on. Gives what the UI shows of the tick."""
    monkeypatch.setenv("ARB_WEBHOOK_URL", receiver.url + TOKEN)
    monkeypatch.setenv("ARB_PUBLIC_URL", "https://dagster.example/")
    settings_module.settings.cache_clear()
    cursor: str | None = None
    with dg.DagsterInstance.ephemeral() as instance:

        def evaluate() -> str:
            nonlocal cursor
            database = {"database": DatabaseResource()}
            with dg.build_sensor_context(instance, cursor, resources=database) as context:
                tick = alerts.evaluate_tick(context)
            assert not tick.run_requests
            cursor = tick.cursor
            return tick.skip_message or ""

        yield evaluate
