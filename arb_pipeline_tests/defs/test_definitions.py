"""The deployment as Dagster sees it: what is there, and that it loads the way servers load it."""

from __future__ import annotations

import dagster as dg
import pytest

from arb_pipeline import definitions, settings
from arb_pipeline.definitions import build_defs, defs
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.model import Exchange


def test_what_there_is() -> None:
    repository = defs.get_repository_def()
    graph = defs.resolve_asset_graph()
    assert {key.to_user_string() for key in graph.get_all_asset_keys()} == {
        "account_trades",
        "arbitrage_opportunities",
        "balances",
        "book_tickers",
        "candles",
        "dagster_history",
        "funding_rate_history",
        "funding_rates",
        "order_flow_metrics",
        "portfolio_items",
        "order_books",
        "retention",
        "symbols",
        "tickers",
        "trades",
    }
    checks = {key.name for key in graph.asset_check_keys}
    assert checks >= {"candles_contiguous", "candles_sane", "spread_positive", "beats_on_time"}
    assert checks >= {f"fresh_{exchange.lower()}" for exchange in Exchange}
    assert {job.name for job in repository.get_all_jobs()} >= {"beat", "balances_sync"}
    assert {(s.name, s.cron_schedule) for s in repository.schedule_defs} == {
        ("account_trades_top_up", "1-59/10 * * * *"),
        ("balances_sync", "*/5 * * * *"),
        ("beat", "* * * * *"),
        ("candles_top_up", "* * * * *"),
        ("funding_rate_history_top_up", "9 * * * *"),
        ("order_flow", "4-59/5 * * * *"),
        ("portfolio", "6,36 * * * *"),
        ("retention", "30 3 * * *"),
        ("snapshot_checks", "4-59/5 * * * *"),
        ("symbols_sync", "15 */6 * * *"),
        ("trades_top_up", "3-59/5 * * * *"),
    }
    # All of it runs by itself from the first start.
    assert {schedule.default_status.value for schedule in repository.schedule_defs} == {"RUNNING"}
    assert {sensor.default_status.value for sensor in repository.sensor_defs} == {"RUNNING"}


def test_a_beat_runs_no_checks() -> None:
    for name in ("beat", "balances_sync", "order_flow", "portfolio"):
        selected = defs.resolve_job_def(name).asset_layer.asset_graph.asset_check_keys
        assert not selected


def test_every_asset_says_what_it_is() -> None:
    for key in defs.resolve_asset_graph().get_all_asset_keys():
        node = defs.resolve_asset_graph().get(key)
        assert node.description
        assert node.group_name in {"derived", "history", "maintenance", "reference", "snapshots"}
        assert node.owners
        assert node.kinds
        if node.group_name == "maintenance":
            continue  # their values are reports, not rows
        schema = node.metadata["dagster/column_schema"]
        assert isinstance(schema, dg.TableSchema)
        assert all(column.description for column in schema.columns)


def test_it_is_loadable() -> None:
    dg.Definitions.validate_loadable(defs)


def test_resources_can_be_replaced_for_a_deployment_of_its_own() -> None:
    mine = DatabaseResource()
    resources = build_defs(resource_overrides={"database": mine}).resources
    assert resources is not None
    assert resources["database"] is mine


def test_no_secret_becomes_resource_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BINANCE_API_SECRET", "hush-hush")
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:hush-hush@nowhere/db")
    settings.settings.cache_clear()
    try:
        repository = definitions.build_defs().get_repository_def()
        configured = repr(repository.get_top_level_resources())
        shown = {
            name: getattr(resource, "configured_values", None) or repr(resource)
            for name, resource in (definitions.build_defs().resources or {}).items()
        }
    finally:
        settings.settings.cache_clear()
    assert "hush-hush" not in configured
    assert "hush-hush" not in repr(shown)
