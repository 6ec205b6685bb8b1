"""The database is killed under a backfill: a clear message, nothing lost, nothing doubled."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import dagster as dg
import pytest

from arb_pipeline import settings
from arb_pipeline.model import DAY_MS, Exchange
from arb_pipeline.simulator import Simulator
from arb_pipeline.storage.create_database import ensure_database
from arb_pipeline.storage.local_server import LocalServer
from arb_pipeline.storage.migrations import migrate
from arb_pipeline_tests.integration.conftest import Pipeline, point_at
from arb_pipeline_tests.integration.test_killed import (
    DAYS,
    MINUTES,
    START,
    SYMBOLS,
    backfill,
    claimed_but_not_stored,
    never_end,
    stored,
)

EXCHANGE = Exchange.BYBIT_SPOT


@pytest.mark.slow
def test_a_killed_database_costs_no_row(
    server_directory: Path,
    simulator: Simulator,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    server = LocalServer(server_directory)
    server.start()
    try:
        url = server.url("killed")
        ensure_database(url)
        asyncio.run(migrate(url))
        # Few pages at a time, or all of them are stored before anybody can kill anything.
        point_at(monkeypatch, url, simulator, tmp_path, ARB_PAGES_IN_PARALLEL="2")
        with dg.DagsterInstance.ephemeral() as instance:
            pipeline = Pipeline(url, simulator, instance)
            never_end(pipeline, monkeypatch, EXCHANGE)
            walk(pipeline, server)
    finally:
        settings.settings.cache_clear()
        server.stop()


def walk(pipeline: Pipeline, server: LocalServer) -> None:
    pipeline.track(EXCHANGE, *SYMBOLS)
    pipeline.simulator.clock.freeze(START + DAYS * DAY_MS + 5 * 60_000)
    pipeline.simulator.latency_ms = 400
    process = backfill(EXCHANGE)
    deadline = time.monotonic() + 120
    while stored(pipeline) < MINUTES // 2:
        assert process.poll() is None, process.communicate()[0].decode()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    postmaster = server.status().process_id
    assert postmaster is not None
    os.kill(postmaster, signal.SIGKILL)
    output = " ".join(process.communicate(timeout=120)[0].decode().split())
    assert process.returncode == 2, output
    assert "the database went away during the run" in output

    server.start()
    assert 0 < stored(pipeline) < MINUTES * len(SYMBOLS)
    assert claimed_but_not_stored(pipeline) == 0
    pipeline.simulator.latency_ms = 0
    pipeline.simulator.faults.clear()
    again = backfill(EXCHANGE)
    assert again.wait(timeout=120) == 0
    if again.stdout:
        again.stdout.close()
    assert stored(pipeline) == MINUTES * len(SYMBOLS)
    assert claimed_but_not_stored(pipeline) == 0
