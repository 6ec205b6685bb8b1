"""Databases and Dagster's home, from settings alone, on a real server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from dagster import DagsterInstance
from pydantic import SecretStr

from arb_pipeline.environment import dagster_url, database_url, local_server, prepare
from arb_pipeline.settings import ConfigurationError, Settings


@pytest.fixture
def embedded(server_directory: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    for name in ("DATABASE_URL", "POSTGRES_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ARB_HOME", str(server_directory / "home"))
    settings = Settings(_env_file=None)
    yield settings
    local_server(settings).stop()


async def current_database(url: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval("SELECT current_database()")
    finally:
        await connection.close()


async def test_databases_appear_by_themselves_and_apart_from_simulated_ones(
    embedded: Settings,
) -> None:
    live = embedded.model_copy(update={"simulator": False})
    assert await current_database(database_url(embedded)) == "arb_pipeline_simulator"
    assert await current_database(dagster_url(embedded)) == "arb_dagster_simulator"
    assert await current_database(database_url(live)) == "arb_pipeline"
    assert await current_database(dagster_url(live)) == "arb_dagster"


@pytest.mark.slow
def test_dagster_loads_its_configuration_and_uses_the_database(
    embedded: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    variables = prepare(embedded)
    for name, content in variables.items():
        assert os.environ[name] == content
        monkeypatch.setenv(name, content)  # undone after the test
    with DagsterInstance.from_config(variables["DAGSTER_HOME"]) as instance:
        assert instance.get_runs_count() == 0
        assert "Postgres" in type(instance.run_storage).__name__
        assert not instance.telemetry_enabled
        assert instance.run_monitoring_enabled
        assert Path(instance.storage_directory()).is_relative_to(embedded.home)


async def test_a_configured_database_is_used_and_created(embedded: Settings) -> None:
    local_server(embedded).start()
    url = local_server(embedded).url("elsewhere")
    configured = embedded.model_copy(
        update={"database_url": SecretStr(url.replace("postgresql", "postgres+asyncpg", 1))}
    )
    assert await current_database(database_url(configured)) == "elsewhere_simulator"
    live = configured.model_copy(update={"simulator": False})
    assert database_url(live) == url
    assert await current_database(url) == "elsewhere"
    assert await current_database(dagster_url(live)) == "arb_dagster"


@pytest.mark.parametrize(
    "url", ["mysql://me:hidden@host/db", "postgresql://me:hidden@127.0.0.1:1/db"]
)
def test_a_wrong_database_is_refused_without_its_password(embedded: Settings, url: str) -> None:
    configured = embedded.model_copy(update={"database_url": SecretStr(url)})
    with pytest.raises(ConfigurationError, match="DATABASE_URL") as raised:
        database_url(configured)
    assert "hidden" not in str(raised.value)
