"""The commands that collect, as a user runs them: in processes, against the simulator."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from arb_pipeline.model import DAY_MS, Exchange
from arb_pipeline_tests.integration.conftest import Pipeline, dagster_database, pipeline

__all__ = ["dagster_database", "pipeline"]

DAY = int(datetime(2026, 3, 3, tzinfo=UTC).timestamp()) * 1000


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command and wait for its end."""
    return subprocess.run(
        [sys.executable, "-m", "arb_pipeline", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(autouse=True)
def one_exchange(
    pipeline: Pipeline, dagster_database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One exchange is enough to see what a command does."""
    monkeypatch.setenv("ARB_EXCHANGES", "BINANCE_SPOT")


@pytest.mark.slow
def test_once_goes_from_nothing_to_candles(pipeline: Pipeline) -> None:
    done = run("once", "--days", "1")
    assert done.returncode == 0, done.stderr
    assert "BTCUSDT" in done.stdout
    assert "ETHUSDT" in done.stdout
    ((stored, missing),) = pipeline.rows(
        "SELECT count(*), count(*) FILTER (WHERE low > high) FROM candles"
    )
    assert stored > 0
    assert missing == 0


@pytest.mark.slow
def test_symbols_are_synchronised_tracked_and_backfilled(pipeline: Pipeline) -> None:
    pipeline.simulator.clock.freeze(DAY + 2 * DAY_MS)
    unknown = run("symbols", "track", "BINANCE_SPOT", "BTC/USDT")
    assert unknown.returncode == 2
    assert "symbols sync BINANCE_SPOT" in " ".join(unknown.stderr.split())

    assert run("symbols", "sync").returncode == 0
    wrong = run("symbols", "track", "BINANCE_SPOT", "BTCC/USDT")
    assert wrong.returncode == 2
    assert "Did you mean BTC/USDT" in " ".join(wrong.stderr.split())
    tracked = run("symbols", "track", "BINANCE_SPOT", "BTC/USDT", "币安人生/USDT")
    assert tracked.returncode == 0, tracked.stderr

    filled = run(
        *("backfill", "candles", "BINANCE_SPOT", "BTC/USDT"),
        *("--from", "2026-03-03", "--to", "2026-03-04", "--timeframe", "5m"),
    )
    assert filled.returncode == 0, filled.stderr
    assert pipeline.rows("SELECT count(*) FROM candles WHERE timeframe = '5m'") == [(288,)]
    asked = len(pipeline.asked(Exchange.BINANCE_SPOT))
    again = run(
        *("backfill", "candles", "BINANCE_SPOT", "BTCUSDT"),
        *("--from", "2026-03-03", "--to", "2026-03-04", "--timeframe", "5m"),
    )
    assert again.returncode == 0, again.stderr
    assert len(pipeline.asked(Exchange.BINANCE_SPOT)) == asked

    listed = run("symbols", "list", "--tracked")
    assert "币安人生/USDT" in listed.stdout
    assert run("coverage", "--days", "1").returncode == 1  # nothing was collected today


@pytest.mark.slow
def test_wrong_input_is_refused_with_one_line() -> None:
    for arguments, part in (
        (("backfill", "candles", "NYSE", "BTC/USDT", "--from", "2026-03-03"), "NYSE"),
        (("backfill", "candles", "BINANCE_SPOT", "BTC/USDT", "--from", "2018-01-01"), "HISTORY"),
        (("exchanges", "--timeframe", "7m"), "1w"),
    ):
        refused = run(*arguments)
        assert refused.returncode == 2
        assert part in refused.stderr
        assert "Traceback" not in refused.stderr


@pytest.mark.slow
def test_doctor_says_what_is_wrong(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    well = run("doctor")
    assert well.returncode == 0, well.stdout
    monkeypatch.setenv("BINANCE_BASE_URL", "http://127.0.0.1:9")
    away = run("doctor")
    assert away.returncode == 1
    assert "BINANCE_BASE_URL" in "".join(away.stdout.split())
    monkeypatch.setenv("BINANCE_API_KEY", "half")
    half = run("doctor")
    assert "BINANCE_API_SECRET" in "".join(half.stdout.split())
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:9/none")
    assert "DATABASE_URL" in "".join(run("doctor").stdout.split())
