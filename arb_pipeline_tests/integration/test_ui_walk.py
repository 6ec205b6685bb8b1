"""The walk of a new user: one command, then a backfill by clicks, until the rows are looked at.

Pictures of every page are kept in ``ARB_SCREENSHOTS``, or in the test's own directory.
"""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from arb_pipeline.definitions import defs
from arb_pipeline.model import DAY_MS, Exchange, Interval
from arb_pipeline.simulator import Simulator
from arb_pipeline.storage.database import connect
from arb_pipeline.storage.local_server import LocalServer
from arb_pipeline_tests.fixtures.machine import Machine
from arb_pipeline_tests.integration.truth import true_candles
from arb_pipeline_tests.integration.walk import CHROMIUM, Walk, browser

# Two companies whose pages differ in size, order and reach: Gate serves its last days only.
EXCHANGES = (Exchange.GATEIO_SPOT, Exchange.MEXC_SPOT)
DAYS = 3
SYMBOLS = ("BTC/USDT", "ETH/USDT")  # what a fresh set-up tracks
_TOO_LATE = "later than ARB_BEAT_LATEST_SECONDS allows"
Candles = dict[int, tuple[Decimal, ...]]


def latest_days() -> list[datetime]:
    """Days the top-up does not touch: just after midnight it looks at yesterday, too."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return [today - timedelta(days=ago) for ago in range(DAYS + 1, 1, -1)]


def truth(exchange: Exchange, symbol: str, day: datetime) -> Candles:
    """What the market of the simulator is, which is the same in every process."""
    start = int(day.timestamp()) * 1000
    name = symbol.replace("/", "_" if exchange is Exchange.GATEIO_SPOT else "")
    return true_candles(Simulator(), exchange, name, Interval(start, start + DAY_MS))


def rows(machine: Machine, database: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Rows of a statement from the machine's own server."""

    async def fetch() -> list[tuple[Any, ...]]:
        connection = await connect(LocalServer(machine.home / "postgres").url(database))
        try:
            return [tuple(row.values()) for row in await connection.fetch(statement, *values)]
        finally:
            await connection.close()

    return asyncio.run(fetch())


def stored(machine: Machine, exchange: Exchange, symbol: str, day: datetime) -> Candles:
    found = rows(
        machine,
        "arb_pipeline_simulator",
        """
        SELECT timestamp, open, high, low, close, volume FROM candles_named
        WHERE exchange = $1 AND symbol = $2 AND timeframe = '1m'
            AND timestamp >= $3 AND timestamp < $4
        """,
        exchange.value,
        symbol,
        day,
        day + timedelta(days=1),
    )
    return {int(row[0].timestamp()) * 1000: row[1:] for row in found}


def click_through(walk: Walk, days: list[str]) -> None:
    exchanges = [exchange.value for exchange in EXCHANGES]
    span = f"[{days[0]}...{days[-1]}]"
    on_screen = DAYS * len(Exchange)

    walk.open_asset("candles", "Overview")
    walk.see("OHLCV candles of the tracked symbols", "history", "timescaledb", "Open time, UTC")
    walk.picture("asset")

    walk.open_asset("candles", "Partitions")
    walk.show_days(span)
    walk.see("Materialized (0)", f"Missing ({on_screen})")
    walk.picture("empty-grid")

    walk.choose(span, exchanges)
    walk.see(f"{DAYS * len(exchanges)} partitions")
    walk.picture("chosen")
    walk.launch()
    walk.see("Partition selection")
    walk.picture("launched")
    ended = walk.wait_for_backfill()
    walk.picture("backfill")
    assert ended == "Succeeded"
    walk.see("100% completed")

    walk.open_first_run()
    walk.see("RUN_SUCCESS", "candles_contiguous", "candles_sane")
    walk.picture("run")

    walk.open_asset("candles", "Partitions")
    walk.show_days(span)
    walk.see("Materialized (6)", f"Missing ({on_screen - 6})", "Failed (0)")
    walk.picture("filled-grid")


def look_at_metadata(walk: Walk, day: str, exchange: Exchange, expected: int) -> None:
    walk.pick_partition(day, exchange.value)
    numbers = {
        name: int(walk.metadata(name))
        for name in (
            "dagster/partition_row_count",
            "rows inserted",
            "rows updated",
            "rows rejected",
            "candles missing",
        )
    }
    walk.picture("metadata")
    assert list(numbers.values()) == [expected, expected, 0, 0, 0], numbers
    assert walk.metadata("symbols").count("USDT") == len(SYMBOLS)
    kind, width, height = walk.open_chart()
    walk.picture("chart")
    assert kind == "data:image/png;base64"
    assert width > 300
    assert height > 100


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.skipif(
    CHROMIUM is None,
    reason="needs chromium: apt-get install chromium, then pytest -m browser",
)
def test_a_backfill_launched_in_the_browser_stores_the_market(
    machine: Machine, tmp_path: Path
) -> None:
    # Before: a day that ends while all of it starts is completed for yesterday, which is not here.
    days = latest_days()
    process = machine.up()
    machine.wait_until_up()
    expected = {
        (exchange, symbol, day): truth(exchange, symbol, day)
        for exchange in EXCHANGES
        for symbol in SYMBOLS
        for day in days
    }
    assert {len(candles) for candles in expected.values()} == {1440}

    address = f"http://127.0.0.1:{machine.environment['ARB_WEBSERVER_PORT']}"
    with browser(address, Path(os.environ.get("ARB_SCREENSHOTS", tmp_path))) as walk:
        click_through(walk, [f"{day:%Y-%m-%d}" for day in days])
        look_at_metadata(walk, f"{days[1]:%Y-%m-%d}", EXCHANGES[1], len(SYMBOLS) * 1440)
        walk.page.keyboard.press("Escape")
        repository = defs.get_repository_def()
        schedules = [schedule.name for schedule in repository.schedule_defs]
        walk.see_switched_on(*schedules, *(sensor.name for sensor in repository.sensor_defs))
        walk.picture("schedules")
        assert walk.errors == []

    for (exchange, symbol, day), candles in expected.items():
        assert stored(machine, exchange, symbol, day) == candles, (exchange, symbol, day)
    # Nothing else of these days: other exchanges were not asked for, other lengths neither.
    ((count,),) = rows(
        machine,
        "arb_pipeline_simulator",
        "SELECT count(*) FROM candles WHERE timestamp < $1",
        days[-1] + timedelta(days=1),
    )
    assert count == len(expected) * 1440
    ended = rows(machine, "arb_dagster_simulator", "SELECT status, run_id FROM runs")
    assert [status for status, _ in ended].count("SUCCESS") >= 2
    failed = {run_id for status, run_id in ended if status in ("FAILURE", "CANCELED")}
    told = rows(
        machine,
        "arb_dagster_simulator",
        "SELECT run_id, event FROM event_logs WHERE dagster_event_type = 'STEP_FAILURE'",
    )
    # On a machine that is busy with other tests a beat may come too late, and says so.
    other = [event for run_id, event in told if run_id in failed and _TOO_LATE not in event]
    assert len(failed) <= len(told), failed
    assert not other, [event[:2000] for event in other]

    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 0, machine.output
    assert machine.processes() == [], machine.output
    assert machine.output.endswith("stopped\n")
