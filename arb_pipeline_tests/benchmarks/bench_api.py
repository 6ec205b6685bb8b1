"""The REST API under load on loopback, beside the bare query over the same number of connections.

Run ``python -m arb_pipeline_tests.benchmarks.bench_api --seconds 10`` (needs ``wrk``). The API is a
process of its own over a real server; wrk keeps ``--clients`` connections busy. The bare query is
asked as often as it can be, by as many tasks over such a pool, without any server: SQL, the driver
and nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from arb_pipeline.model import Exchange
from arb_pipeline.ports import answers, any_free_port
from arb_pipeline.storage.database import connect, open_serving_pool, sql
from arb_pipeline_tests.benchmarks.parts import fresh_database, load_note

CONNECTIONS = 4
ROWS = """
INSERT INTO symbols (exchange_id, exchange_symbol, symbol_base, symbol_quote, status, is_active,
    is_tracked, tracked_at)
SELECT e.id, 'S' || n, 'S' || n, 'USDT', 'TRADING', true, n = 1, '2026-01-01'
FROM exchanges AS e CROSS JOIN generate_series(1, 1000) AS n (n);
INSERT INTO candles (symbol_id, timeframe, timestamp, open, high, low, close, volume, quote_volume,
    trade_count)
SELECT s.id, '1m', '2026-01-01'::timestamptz + n * INTERVAL '1 minute', 69399.84000000,
    69412.62000000, 69386.51000000, 69405.19000000, 20.81270000, 1444423.02520800, 21
FROM symbols AS s CROSS JOIN generate_series(1, 20000) AS n (n) WHERE s.is_tracked;
INSERT INTO latest_balances (exchange_id, asset_name, timestamp, available_balance, locked_balance)
SELECT e.id, 'A' || n, '2026-01-01', '12345.678900000001', 0.10
FROM exchanges AS e CROSS JOIN generate_series(1, 15) AS n (n);
ANALYZE;
"""
START, END = datetime(2026, 1, 5, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
QUESTIONS: dict[str, tuple[str, str, list[Any]]] = {
    "latest balances (105)": ("/balances", "balances", [[*Exchange], None, "", "", 1001]),
    "1,000 candles": (
        "/candles?exchange=BINANCE_SPOT&symbol=S1/USDT&start=2026-01-05&end=2027-01-01",
        "candles",
        [None, "1m", END, START, 1001],
    ),
}
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


def main() -> None:
    """Serve, load, and print one line per question and way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--clients", type=int, default=8)
    asked = parser.parse_args()
    made = Table("question", "way", "per second", "median ms", "p99 ms", title=load_note())
    with fresh_database() as url, tempfile.TemporaryDirectory(prefix="arb-api-") as home:
        candle_id = asyncio.run(_prepare(url))
        for name, (path, query, parameters) in QUESTIONS.items():
            values = [candle_id if value is None and query == "candles" else value
                      for value in parameters]  # fmt: skip
            bare = asyncio.run(_bare(url, query, values, asked.seconds, asked.clients))
            made.add_row(name, "bare query", *_figures(*bare))
            with _serving(url, home) as (address, process):
                _wrk(address + path, 2, asked.clients)  # caches, and plans of the statements
                made.add_row(
                    "", "API, JSON", *_figures(*_wrk(address + path, asked.seconds, asked.clients))
                )
                memory = process.memory_info().rss / 1e6
    Console().print(
        made, f"{asked.clients} clients, {CONNECTIONS} connections; API: {memory:.0f} MB"
    )


async def _prepare(url: str) -> int:
    connection = await connect(url)
    try:
        await connection.execute(ROWS)
        return int(await connection.fetchval("SELECT DISTINCT symbol_id FROM candles LIMIT 1"))
    finally:
        await connection.close()


@contextmanager
def _serving(url: str, home: str) -> Iterator[tuple[str, psutil.Process]]:
    port = any_free_port("127.0.0.1")
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "ARB_HOME": home,
        "ARB_SIMULATOR": "false",
        "ARB_API_PORT": str(port),
        "ARB_API_RATE": "1000000/second",
        "ARB_API_CONNECTIONS": str(CONNECTIONS),
    }
    process = subprocess.Popen([sys.executable, "-m", "arb_pipeline", "api"], env=environment)
    try:
        while not answers("127.0.0.1", port):
            assert process.poll() is None
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


def _wrk(address: str, seconds: int, clients: int) -> tuple[float, float, float]:
    """Answers per second, median and 99th percentile in milliseconds; none may be an error."""
    said = subprocess.run(
        ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--latency", address],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "Non-2xx" not in said, said
    assert "Socket errors" not in said, said
    per_second = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert per_second is not None, said
    times = [
        float(found[1]) * _UNITS[found[2]]
        for share in ("50%", "99%")
        if (found := re.search(rf"{share}\s+([\d.]+)(us|ms|s)", said))
    ]
    return float(per_second[1]), times[0], times[1]


async def _bare(
    url: str, query: str, values: Sequence[Any], seconds: int, clients: int
) -> tuple[float, float, float]:
    """The same of the query alone, as fast as the driver asks."""
    text, times = sql(f"page_{query}"), []
    async with await open_serving_pool(url, size=CONNECTIONS, purpose="bench") as pool:

        async def ask(until: float) -> None:
            while (began := time.perf_counter()) < until:
                rows = await pool.fetch(text, *values)
                times.append(time.perf_counter() - began)
                assert len(rows) > 100

        for length in (2, seconds):
            times.clear()
            until = time.perf_counter() + length
            await asyncio.gather(*(ask(until) for _ in range(clients)))
    times.sort()
    return (
        len(times) / seconds,
        1000 * times[len(times) // 2],
        1000 * times[len(times) * 99 // 100],
    )


def _figures(per_second: float, median: float, p99: float) -> tuple[str, str, str]:
    return f"{per_second:,.0f}", f"{median:.1f}", f"{p99:.1f}"


if __name__ == "__main__":
    main()
