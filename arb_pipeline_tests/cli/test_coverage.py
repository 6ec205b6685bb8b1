"""Coverage of every data set, and backfills that are refused, as a user runs them."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from arb_pipeline import settings as settings_module
from arb_pipeline.cli import main as _main  # noqa: F401  the commands hang themselves on the app
from arb_pipeline.cli.app import app
from arb_pipeline.defs.history.registration import registration
from arb_pipeline.model import Exchange
from arb_pipeline_tests.integration.conftest import Pipeline, pipeline
from arb_pipeline_tests.integration.repairing import ago, repairing, tick

__all__ = ["pipeline", "repairing"]

FUTURES = Exchange.BYBIT_FUTURES
COVER = (
    "INSERT INTO coverage (symbol_id, data_set, day, present, absent) "
    "SELECT id, $1, d::date, tstzmultirange(tstzrange(d, d + '1 day')) "
    "- tstzmultirange(tstzrange(d + '10 hours', d + '12 hours')), "
    "tstzmultirange(tstzrange(d + '10 hours', d + '12 hours')) "
    "FROM symbols, generate_series($2::text::date::timestamp AT TIME ZONE 'UTC', "
    "now() - INTERVAL '1 day', '1 day') AS d WHERE is_tracked RETURNING 1"
)


def shown(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, arguments)
    return done.exit_code, " ".join((done.stdout + done.stderr).split())


@pytest.fixture
def covered(repairing: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    """Trades of yesterday with two hours in doubt, none before, and nothing of funding yet."""
    monkeypatch.setenv("ARB_COMPLETED", "candles,trades,funding_rates,account_trades")
    monkeypatch.setenv("ARB_TRADES_BACKFILL_DAYS", "2")
    monkeypatch.setenv("ARB_EXCHANGES", FUTURES.value)
    settings_module.settings.cache_clear()
    repairing.track(FUTURES, "BTC/USDT")
    tick(repairing, registration)  # says what is wanted
    assert repairing.rows(COVER, "trades", ago(1)) == [(1,)]
    return repairing


def test_every_data_set_is_shown_by_default_and_each_by_its_name(covered: Pipeline) -> None:
    code, words = shown("coverage", "--days", "4")
    assert code == 1
    # Without an account, fills are neither wanted nor shown.
    assert [words.count(f"{kind}, minutes") for kind in ("trades", "funding", "fills")] == [1, 1, 0]
    assert "although there are candles" in words
    lines = json.loads(CliRunner().invoke(app, ["coverage", "--days", "4", "--json"]).stdout)
    assert [line["data_set"] for line in lines] == ["candles", "trades", "funding_rates"]
    trades = lines[1]
    assert trades["minutes"]["absent"] == 120
    # Of what happened in the last quarter of an hour nothing is expected yet, nor counted.
    assert 22 * 60 - 15 <= trades["minutes"]["present"] <= 22 * 60
    # From where it is wanted; today's first quarter of an hour is not yet.
    assert [day["absent_seconds"] for day in trades["days"]][:2] == [0, 7200]

    code, words = shown("coverage", "--data-set", "trades", "--data-set", "fills", "--picture")
    assert code == 1
    assert "candles, the last" not in words
    assert "BYBIT_FUTURES BTCUSDT ·▓" in words
    assert "fills: nothing is wanted or known of these symbols" in words


def test_what_retention_would_drop_or_nobody_has_is_not_fetched(covered: Pipeline) -> None:
    asked = len(covered.simulator.requests.select(endpoint="trades"))
    code, words = shown("backfill", "trades", FUTURES.value, "BTC/USDT", "--from", ago(8))
    assert (code, "are kept 7 days" in words, f"begin on {ago(6)}" in words) == (2, True, True)
    code, words = shown("backfill", "fills", FUTURES.value, "BTC/USDT", "--from", ago(2))
    assert (code, "set BYBIT_API_KEY" in words) == (2, True)
    code, words = shown("repair", "--data-set", "fills")
    assert (code, "nothing is missing in 0 lines" in words) == (0, True)
    assert len(covered.simulator.requests.select(endpoint="trades")) == asked


def test_funding_that_was_paid_can_be_had_of_any_day(covered: Pipeline) -> None:
    """Older than predicted rates are kept: what was paid is history."""
    days = ("--from", ago(20), "--to", ago(19))
    code, words = shown("backfill", "funding", FUTURES.value, "BTC/USDT", *days)
    assert (code, "not complete" in words) == (0, False)
    paid = "SELECT count(*) FROM funding_rate_snapshots WHERE is_settled"
    assert covered.rows(paid) == [(3,)]
