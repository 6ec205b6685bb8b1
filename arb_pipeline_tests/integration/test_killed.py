"""kill -9 in the middle of a backfill: nothing lost, nothing doubled, one page a worker at most.

A worker is a place for a page between its request and its commit (``ARB_PAGES_IN_PARALLEL``).
"""

from __future__ import annotations

import math
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime

import pytest

from arb_pipeline.model import DAY_MS, Exchange, Interval
from arb_pipeline.simulator import Fault, FaultKind
from arb_pipeline_tests.integration.conftest import Pipeline

FIRST = datetime(2025, 3, 1, tzinfo=UTC)
DAYS = 6
START = int(FIRST.timestamp()) * 1000
END = START + DAYS * DAY_MS
MINUTES = DAYS * 1440
SYMBOLS = ("BTC/USDT", "ETH/USDT")
EXCHANGES = [Exchange.BINANCE_SPOT, Exchange.MEXC_SPOT]
WORKERS = 3


def backfill(exchange: Exchange) -> subprocess.Popen[bytes]:
    end = datetime.fromtimestamp(END // 1000, tz=UTC)
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from arb_pipeline.cli import main; main()",
            *("backfill", "candles", exchange.value, *SYMBOLS),
            *("--from", f"{FIRST:%Y-%m-%d}", "--to", f"{end:%Y-%m-%d}"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def never_end(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, exchange: Exchange) -> None:
    """Keep one page of a backfill under way, or it may be over before anybody can stop it."""
    monkeypatch.setenv("ARB_REQUEST_TIMEOUT_SECONDS", "120")
    (symbol,) = pipeline.track(exchange, SYMBOLS[-1])
    pipeline.simulator.faults.add(
        Fault(
            FaultKind.TIMEOUT,
            exchange=exchange,
            exchange_symbol=symbol.exchange_symbol,
            endpoint="candles",
            interval=Interval(END - 60_000, END),
        )
    )


def stored(pipeline: Pipeline) -> int:
    ((count,),) = pipeline.rows("SELECT count(*) FROM candles")
    return int(count)


def claimed_but_not_stored(pipeline: Pipeline) -> int:
    """Minutes that coverage calls present and that have no candle, and the other way round."""
    ((count,),) = pipeline.rows(
        """
        SELECT count(*) FROM (
            SELECT c.symbol_id, minute
            FROM coverage AS c, unnest(c.present) AS part,
                generate_series(lower(part), upper(part) - interval '1 minute', '1 minute')
                AS minute
        ) AS claimed
        FULL JOIN candles ON claimed.symbol_id = candles.symbol_id
            AND claimed.minute = candles.timestamp
        WHERE claimed.minute IS NULL OR candles.timestamp IS NULL
        """
    )
    return int(count)


@pytest.fixture(autouse=True)
def few_workers(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """So few that a backfill of some days takes a while."""
    monkeypatch.setenv("ARB_PAGES_IN_PARALLEL", str(WORKERS))


@pytest.mark.slow
@pytest.mark.parametrize("exchange", EXCHANGES)
def test_a_killed_backfill_is_finished_by_the_next(
    pipeline: Pipeline,
    dagster_database: None,
    monkeypatch: pytest.MonkeyPatch,
    exchange: Exchange,
) -> None:
    pipeline.track(exchange, *SYMBOLS)
    pipeline.simulator.clock.freeze(END + 5 * 60_000)
    pipeline.simulator.latency_ms = 150
    never_end(pipeline, monkeypatch, exchange)
    process = backfill(exchange)
    deadline = time.monotonic() + 120
    while stored(pipeline) < MINUTES // 2:
        assert process.poll() is None, process.communicate()[0].decode()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    if process.stdout:
        process.stdout.close()

    kept = stored(pipeline)
    assert 0 < kept < MINUTES * len(SYMBOLS)
    assert claimed_but_not_stored(pipeline) == 0

    pipeline.simulator.latency_ms = 0
    pipeline.simulator.faults.clear()
    again = backfill(exchange)
    output = again.communicate(timeout=120)[0].decode()
    assert again.returncode == 0, output
    assert stored(pipeline) == MINUTES * len(SYMBOLS)
    assert claimed_but_not_stored(pipeline) == 0
    counts: Counter[tuple[str | None, int | None]] = Counter(
        (record.exchange_symbol, record.start) for record in pipeline.asked(exchange)
    )
    # Only what was in flight is asked for again, and in the same pages.
    assert sum(count > 1 for count in counts.values()) <= WORKERS
    needed = math.ceil(MINUTES / (500 if exchange is Exchange.MEXC_SPOT else 1000))
    assert counts.total() <= needed * len(SYMBOLS) + WORKERS


@pytest.mark.slow
def test_an_interrupted_backfill_ends_at_once_and_keeps_what_it_has(
    pipeline: Pipeline, dagster_database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = Exchange.BYBIT_SPOT
    pipeline.track(exchange, *SYMBOLS)
    pipeline.simulator.clock.freeze(END + 5 * 60_000)
    pipeline.simulator.latency_ms = 500
    never_end(pipeline, monkeypatch, exchange)
    process = backfill(exchange)
    deadline = time.monotonic() + 120
    while stored(pipeline) < MINUTES // 4:
        assert process.poll() is None, process.communicate()[0].decode()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    output = process.communicate(timeout=30)[0].decode()
    assert process.returncode != 0, output
    assert "Traceback" not in output
    assert 0 < stored(pipeline) < MINUTES * len(SYMBOLS)
    assert claimed_but_not_stored(pipeline) == 0
