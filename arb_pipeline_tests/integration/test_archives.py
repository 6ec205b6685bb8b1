"""Months out of Binance's archives, stored: the same rows and coverage as over REST."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import replace
from typing import Any

import pytest

from arb_pipeline import settings as settings_module
from arb_pipeline.defs.partitions import ExchangeDay
from arb_pipeline.model import DAY_MS, Exchange, Interval
from arb_pipeline.simulator import Fault, FaultKind
from arb_pipeline_tests.exchanges.archive_files import MARCH, asked, instant
from arb_pipeline_tests.integration.conftest import Pipeline
from arb_pipeline_tests.integration.test_killed import claimed_but_not_stored, stored

SPOT, FUTURES = Exchange.BINANCE_SPOT, Exchange.BINANCE_FUTURES
ROWS = """
    SELECT c.timestamp, c.timeframe, c.open, c.high, c.low, c.close, c.volume, c.quote_volume,
        c.trade_count, c.open::TEXT || c.volume::TEXT || c.quote_volume::TEXT
    FROM candles AS c JOIN symbols AS s ON c.symbol_id = s.id
    ORDER BY c.symbol_id, c.timestamp
"""
COVERAGE = """
    SELECT symbol_id, timeframe, day, present::TEXT, absent::TEXT, unreachable::TEXT
    FROM coverage ORDER BY symbol_id, timeframe, day
"""


@pytest.fixture(autouse=True)
def may(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """So late that March is published."""
    pipeline.simulator.clock.freeze(instant(2025, 5, 20))
    use_archives(monkeypatch, "true")


def use_archives(monkeypatch: pytest.MonkeyPatch, whether: str) -> None:
    monkeypatch.setenv("ARB_BINANCE_ARCHIVES", whether)
    settings_module.settings.cache_clear()


def days(exchange: Exchange, window: Interval) -> list[ExchangeDay]:
    return [ExchangeDay(exchange, day.start) for day in window.days()]


def everything(pipeline: Pipeline) -> tuple[list[Any], list[Any]]:
    return pipeline.rows(ROWS), pipeline.rows(COVERAGE)


def test_what_is_stored_is_what_rest_would_have_stored(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A month and its neighbours' ends; one symbol is not traded every time."""
    simulator = pipeline.simulator
    often = simulator.listings.get(SPOT, "TUSDT")
    simulator.listings.add(replace(often, trading_permille=150))
    pipeline.track(SPOT, "BTC/USDT", "T/USDT")
    pipeline.track(FUTURES, "BTC/USDT")
    window = Interval(MARCH.start - DAY_MS, MARCH.end + DAY_MS)
    chosen = [*days(SPOT, window), *days(FUTURES, window)]
    assert pipeline.collect(chosen, timeframes=["5m"]).problem is None
    assert (asked(simulator, "archives"), asked(simulator, "archive_checksums")) == (3, 3)
    found = everything(pipeline)
    assert 3 * 33 * 288 > len(found[0]) > 2 * 33 * 288

    simulator.requests.clear()
    assert pipeline.collect(chosen, timeframes=["5m"]).problem is None
    assert {record.endpoint for record in simulator.requests} <= {"time"}

    use_archives(monkeypatch, "false")
    pipeline.rows("TRUNCATE candles, coverage")
    assert pipeline.collect(chosen, timeframes=["5m"]).problem is None
    assert {record.endpoint for record in simulator.requests} == {"time", "candles"}
    assert everything(pipeline) == found


def test_a_refused_file_fails_nothing_and_refetching_does_not_ask_for_it(
    pipeline: Pipeline,
) -> None:
    simulator = pipeline.simulator
    simulator.faults.add(Fault(FaultKind.WRONG_CHECKSUM))
    pipeline.track(SPOT, "BTC/USDT")
    chosen = days(SPOT, MARCH)
    assert pipeline.collect(chosen, timeframes=["5m"]).problem is None
    assert len(pipeline.asked(SPOT)) == 9  # pages of REST
    assert len(everything(pipeline)[0]) == 31 * 288
    simulator.requests.clear()
    assert pipeline.collect(chosen, timeframes=["5m"], refetch=True).problem is None
    assert (asked(simulator, "archive_checksums"), len(pipeline.asked(SPOT))) == (0, 9)


@pytest.mark.slow
def test_a_killed_backfill_is_finished_by_the_next(
    pipeline: Pipeline, dagster_database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARB_PAGES_IN_PARALLEL", "2")
    symbols = ("BTC/USDT", "ETH/USDT", "XRP/USDT", "SOL/USDT")
    pipeline.track(SPOT, *symbols)
    whole = 31 * 1440 * len(symbols)
    # One file stays under way, or the backfill may be over before anybody can kill it.
    monkeypatch.setenv("ARB_REQUEST_TIMEOUT_SECONDS", "120")
    hanging = Fault(FaultKind.TIMEOUT, endpoint="archives", exchange_symbol="SOLUSDT")
    pipeline.simulator.faults.add(hanging)

    def backfill() -> subprocess.Popen[bytes]:
        program = "from arb_pipeline.cli import main; main()"
        return subprocess.Popen(
            [
                *(sys.executable, "-c", program, "backfill", "candles", SPOT.value, *symbols),
                *("--timeframe", "1m", "--from", "2025-03-01", "--to", "2025-04-01"),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    process = backfill()
    deadline = time.monotonic() + 120
    while not stored(pipeline):
        assert process.poll() is None, process.communicate()[0].decode()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert 0 < stored(pipeline) < whole
    assert claimed_but_not_stored(pipeline) == 0

    pipeline.simulator.faults.clear()
    again = backfill()
    output = again.communicate(timeout=120)[0].decode()
    assert again.returncode == 0, output
    assert stored(pipeline) == whole
    assert claimed_but_not_stored(pipeline) == 0
