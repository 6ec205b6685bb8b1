"""Months of minutes over REST and out of Binance's archives, side by side.

Run: ``uv run python -m arb_pipeline_tests.benchmarks.bench_archives [--months 3] [--rounds 2]``.
The asset ``candles`` over whole months of five symbols, of spot and of futures, into an emptied
table. The simulator is a process of its own, which takes 80 ms to answer and enforces the real
limits of REST; each way begins with a fresh minute. Its pages and files are made in a first round
that does not count. CPU is told apart by process: this one, and PostgreSQL with all its backends.
Best of the rounds by wall time.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import psutil
from rich.console import Console
from rich.table import Table

from arb_pipeline.cli.session import Session, open_session
from arb_pipeline.defs.launch import materialize_candles, materialize_symbols
from arb_pipeline.defs.partitions import ExchangeDay
from arb_pipeline.model import DAY_MS, Exchange, Interval
from arb_pipeline.settings import settings
from arb_pipeline_tests.benchmarks.enforcing import (
    Enforcing,
    enforcing_simulator,
    wait_for_a_fresh_minute,
)
from arb_pipeline_tests.benchmarks.parts import (
    execute,
    fresh_database,
    load_note,
    pipeline_environment,
    server_process,
    tree_cpu,
)
from arb_pipeline_tests.benchmarks.peers import SYMBOLS

LATENCY_MS = 80
FIRST = datetime(2025, 1, 1, tzinfo=UTC)
WAYS = {"REST": "false", "archives": "true"}


@dataclass(frozen=True, slots=True)
class Arena:
    """Where both ways are measured."""

    url: str
    window: Interval
    simulator: Enforcing
    session: Session
    postgres: psutil.Process | None

    @property
    def candles(self) -> int:
        """How many there are to store."""
        return (self.window.end - self.window.start) // 60_000 * len(SYMBOLS)


@dataclass(frozen=True, slots=True)
class Taken:
    """What one run took: seconds, and answers of the simulator."""

    wall: float
    client: float
    postgres: float
    requests: int
    refused: int


def run(arena: Arena, exchange: Exchange, way: str) -> Taken:
    """Materialize the asset one way."""
    os.environ["ARB_BINANCE_ARCHIVES"] = WAYS[way]
    settings.cache_clear()
    asyncio.run(execute(arena.url, "TRUNCATE candles, coverage"))
    wait_for_a_fresh_minute()
    arena.simulator.statuses()
    days = [ExchangeDay(exchange, day.start) for day in arena.window.days()]
    config = {"timeframes": ["1m"], "symbols": list(SYMBOLS)}
    postgres, client, began = (
        tree_cpu(arena.postgres),
        time.process_time(),
        time.perf_counter(),
    )
    problem = materialize_candles(arena.session.instance, days, config=config).problem
    wall, client = time.perf_counter() - began, time.process_time() - client
    postgres = tree_cpu(arena.postgres) - postgres
    statuses = arena.simulator.statuses()
    stored = asyncio.run(execute(arena.url, "SELECT count(*) FROM candles"))
    if problem or stored != arena.candles:
        raise RuntimeError(problem or f"{stored} candles are stored, not {arena.candles}")
    return Taken(wall, client, postgres, statuses.total(), statuses[429] + statuses[418])


def months_from_first(count: int) -> Interval:
    """So many whole months."""
    last = FIRST.replace(year=FIRST.year + count // 12, month=count % 12 + 1)
    return Interval(int(FIRST.timestamp()) * 1000, int(last.timestamp()) * 1000)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--months", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=2)
    arguments = parser.parse_args()
    window = months_from_first(arguments.months)
    table = Table(
        *("exchange", "way", "wall s", "candles/s", "client CPU s", "µs per candle"),
        *("PostgreSQL CPU s", "requests", "429"),
        title=f"{(window.end - window.start) // DAY_MS} days of 1m × {len(SYMBOLS)} symbols; "
        + load_note(),
    )
    dagster_database = f"arb_bench_dagster_{uuid4().hex[:8]}"
    with (
        fresh_database(more=(dagster_database,)) as url,
        enforcing_simulator(LATENCY_MS) as simulator,
        pipeline_environment(url, simulator.served, dagster_database),
        open_session() as session,
    ):
        arena = Arena(url, window, simulator, session, server_process(url))
        for exchange in (Exchange.BINANCE_SPOT, Exchange.BINANCE_FUTURES):
            materialize_symbols(session.instance, [exchange])
            found: dict[str, list[Taken]] = {way: [] for way in WAYS}
            for number in range(arguments.rounds + 1):
                for way in WAYS:
                    taken = run(arena, exchange, way)
                    if number:
                        found[way].append(taken)
            for way, rounds in found.items():
                best = min(rounds, key=lambda taken: taken.wall)
                table.add_row(
                    *(exchange.value if way == "REST" else "", way, f"{best.wall:.1f}"),
                    *(f"{arena.candles / best.wall:,.0f}", f"{best.client:.1f}"),
                    *(f"{best.client / arena.candles * 1e6:.1f}", f"{best.postgres:.1f}"),
                    *(str(best.requests), str(best.refused)),
                )
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
