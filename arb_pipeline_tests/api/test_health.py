"""``/health`` tells whether collecting goes on, from both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import httpx
import pytest
from dagster._daemon.types import DaemonHeartbeat
from fastapi import FastAPI

from arb_pipeline import settings as settings_module
from arb_pipeline.api.app import create_app
from arb_pipeline.environment import dagster_url, prepare
from arb_pipeline.health import DAEMONS
from arb_pipeline.model import Exchange, now_ms
from arb_pipeline.settings import settings
from arb_pipeline.storage.collections import Collection, record_collections
from arb_pipeline.storage.database import Pool, connect
from arb_pipeline_tests.api.serving import ORIGIN, stock
from arb_pipeline_tests.integration.conftest import dagster_database

__all__ = ["dagster_database"]


@pytest.fixture
def instance(
    dagster_database: None, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[dg.DagsterInstance]:
    """Dagster's instance as ``arb-pipeline up`` makes it."""
    for name, value in {
        "DATABASE_URL": database_url,
        "ARB_SIMULATOR": "false",
        "ARB_HOME": str(tmp_path),
        "ARB_EXCHANGES": "BINANCE_SPOT",
    }.items():
        monkeypatch.setenv(name, value)
    settings_module.settings.cache_clear()
    for name, value in prepare(settings()).items():
        monkeypatch.setenv(name, value)
    with dg.DagsterInstance.get() as made:
        yield made
    settings_module.settings.cache_clear()


def beat(instance: dg.DagsterInstance, *, seconds_ago: float = 0) -> None:
    for daemon in DAEMONS:
        at = now_ms() / 1000 - seconds_ago
        instance.add_daemon_heartbeat(DaemonHeartbeat(at, daemon, "this", []))


async def ask(app: FastAPI) -> httpx.Response:
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as client,
    ):
        return await client.get("/health")


async def test_it_follows_what_goes_on(instance: dg.DagsterInstance, pool: Pool) -> None:
    assert set(instance.get_required_daemon_types()) == DAEMONS
    await stock(pool)
    app = create_app(settings(), str(settings().external_url), dagster_url(settings()))

    never = await ask(app)
    assert (never.status_code, never.json()["status"]) == (503, "down")
    assert set(never.json()["daemon"]["dead"]) == DAEMONS

    beat(instance)
    stale = (await ask(app)).json()
    assert stale["status"] == "degraded"
    assert [(one["data_set"], one["is_fresh"]) for one in stale["freshness"]] == [
        ("book_tickers", False), ("tickers", False),
    ]  # fmt: skip

    now = now_ms()
    async with pool.acquire() as connection:
        await record_collections(
            connection,
            [
                Collection(Exchange.BINANCE_SPOT, asset, now)
                for asset in ("book_tickers", "tickers")
            ],
        )
    fine = await ask(app)
    assert (fine.status_code, fine.json()["status"]) == (200, "ok"), fine.text
    assert fine.json()["freshness"][0]["limit_seconds"] == 180

    async with pool.acquire() as connection:
        failed = Collection(Exchange.BINANCE_SPOT, "tickers", now + 1, problem="it is ill")
        await record_collections(connection, [failed])
    assert (await ask(app)).json()["freshness"][1]["problem"] == "it is ill"

    dagster = await connect(dagster_url(settings()))
    await dagster.execute(
        "INSERT INTO instigators (selector_id, repository_selector_id, status, instigator_type,"
        " instigator_body) VALUES ('a', 'r', 'STOPPED', 'SCHEDULE',"
        """ '{"origin": {"job_name": "beat"}}')"""
    )
    await dagster.close()
    stopped = (await ask(app)).json()
    assert stopped["status"] == "degraded"
    assert stopped["schedules"] == [
        {"name": "beat", "kind": "schedule", "is_running": False, "last_tick_at": None,
         "has_failed": None}
    ]  # fmt: skip

    beat(instance, seconds_ago=3600)
    assert (await ask(app)).status_code == 503
    await pool.execute("DELETE FROM migration_log WHERE version > 1")
    unmigrated = await ask(app)
    assert unmigrated.status_code == 503
    assert unmigrated.json()["database"] == {"is_reachable": True, "is_migrated": False}
