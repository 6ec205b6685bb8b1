"""What a page of candles costs the simulator itself.

Run as ``uv run python -m arb_pipeline_tests.benchmarks.bench_simulator``.
Timed is ``Service.answer``: limits, faults, journal, page; not HTTP, not the socket. A page is
cold when its rows have not been rendered yet and warm afterwards. Then the same pages once more
over HTTP, one client, one request at a time, to show what the socket adds.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable
from functools import partial

import aiohttp
from rich.console import Console
from rich.table import Table

from arb_pipeline.model import DAY_MS, Exchange
from arb_pipeline.simulator import RULES, Rule, Simulator
from arb_pipeline_tests.simulator.asking import MINUTE, NOW, candle_query, rows_of

PAGES = 200
GOAL_MS = 0.5


def _page(exchange: Exchange, number: int) -> tuple[str, dict[str, str]]:
    """The page of 1000 candles (MEXC: 500) that begins ``number`` hours into the sixth last day."""
    start = NOW - NOW % MINUTE - 6 * DAY_MS + number % 100 * 60 * MINUTE
    return candle_query(exchange, start, start + 999 * MINUTE)


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def _own_cost(simulator: Simulator, exchange: Exchange) -> tuple[float, list[float], int]:
    """Milliseconds of the first page, of each warm page, and bytes of a page."""
    size = 0

    def ask(number: int) -> None:
        nonlocal size
        path, query = _page(exchange, number)
        prefix, _, rest = path.partition("/")
        outcome = simulator.service.answer(prefix, "GET", f"/{rest}", query, {})
        if outcome is None or outcome.reply.status != 200:
            raise RuntimeError(f"{exchange}: {outcome}")
        size = len(outcome.reply.body)

    cold = _timed(partial(ask, 0))
    for number in range(100):
        ask(number)
    return cold, [_timed(partial(ask, number)) for number in range(PAGES)], size


async def _over_http(simulator: Simulator, exchange: Exchange) -> tuple[float, int]:
    """Milliseconds per page over HTTP, and rows of a page."""
    async with aiohttp.ClientSession() as http:
        begun = time.perf_counter()
        for number in range(PAGES):
            path, query = _page(exchange, number)
            async with http.get(f"{simulator.base_url}/{path}", params=query) as response:
                await response.read()
        spent = (time.perf_counter() - begun) * 1000 / PAGES
        async with http.get(f"{simulator.base_url}/{path}", params=query) as response:
            rows = len(rows_of(await response.json()))
    return spent, rows


def main() -> None:
    """Print the table; the exit code is 1 where a warm page misses the goal."""
    simulator = Simulator(limits={pool: Rule(10**9, 60) for pool in RULES})
    simulator.clock.freeze(NOW)
    table = Table("exchange", "rows", "bytes", "cold ms", "warm ms", "warm p95", "HTTP ms")
    table.title = f"a page of 1m candles; goal: warm median below {GOAL_MS} ms"
    missed = False
    with simulator.serve():
        for exchange in Exchange:
            cold, warm, size = _own_cost(simulator, exchange)
            http, rows = asyncio.run(_over_http(simulator, exchange))
            median = statistics.median(warm)
            missed |= median >= GOAL_MS
            p95 = sorted(warm)[int(0.95 * len(warm))]
            cells = (cold, median, p95, http)
            table.add_row(exchange, str(rows), str(size), *(f"{cell:.3f}" for cell in cells))
    Console().print(table)
    raise SystemExit(1 if missed else 0)


if __name__ == "__main__":
    main()
