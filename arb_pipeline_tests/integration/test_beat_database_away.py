"""The database stops under a beat: the sample waits for it, and is stored once."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from pathlib import Path

import dagster as dg
import pytest

from arb_pipeline import settings
from arb_pipeline.defs.launch import Launched, materialize_snapshots
from arb_pipeline.model import DataSet, Exchange
from arb_pipeline.simulator import Simulator
from arb_pipeline.storage.create_database import ensure_database
from arb_pipeline.storage.local_server import LocalServer
from arb_pipeline.storage.migrations import migrate
from arb_pipeline_tests.integration.conftest import Pipeline, point_at

EXCHANGES = [Exchange.BYBIT_FUTURES, Exchange.BYBIT_SPOT]


@pytest.mark.slow
def test_a_sample_waits_for_the_database_and_is_stored_once(
    server_directory: Path,
    simulator: Simulator,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    server = LocalServer(server_directory)
    server.start()
    try:
        url = server.url("beaten")
        ensure_database(url)
        asyncio.run(migrate(url))
        # DATABASE_URL is a database of somebody else: it is never started by those who need it.
        point_at(monkeypatch, url, simulator, tmp_path)
        with dg.DagsterInstance.ephemeral() as instance:
            stop_under_a_beat(Pipeline(url, simulator, instance), server)
    finally:
        settings.settings.cache_clear()
        server.stop()


def stop_under_a_beat(pipeline: Pipeline, server: LocalServer) -> None:
    for exchange in EXCHANGES:
        pipeline.track(exchange, "BTC/USDT")
    pipeline.simulator.latency_ms = 700
    found: list[Launched] = []

    def beat() -> None:
        data_sets = [DataSet.BOOK_TICKERS, DataSet.TICKERS]
        found.append(materialize_snapshots(pipeline.instance, EXCHANGES, data_sets))

    before = len(pipeline.simulator.requests.select(endpoint="tickers"))
    thread = threading.Thread(target=beat)
    thread.start()
    # The exchanges have been asked and have not answered: nothing is stored yet.
    deadline = time.monotonic() + 30
    while len(pipeline.simulator.requests.select(endpoint="tickers")) < before + 4:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    postmaster = server.status().process_id
    assert postmaster is not None
    os.kill(postmaster, signal.SIGKILL)
    time.sleep(2)
    server.start()
    thread.join(timeout=60)
    assert found, "the beat has not ended"
    assert found[0].problem is None, found[0].problem
    for table in ("book_ticker_snapshots", "ticker_snapshots"):
        rows = pipeline.rows(f"SELECT symbol_id, timestamp FROM {table}")
        assert len(rows) == len(set(rows)) == len(EXCHANGES)
    # Taken once, before the database went away, and not asked for again afterwards.
    assert len(pipeline.simulator.requests.select(endpoint="tickers")) == before + 4
