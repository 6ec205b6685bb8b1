"""What partitions cost: a run of 30 days as 30 partitions beside the same 30 days as one.

Run: ``uv run python -m arb_pipeline_tests.benchmarks.bench_partitions [--days 30] [--rounds 5]``.
Goal: at most 1.3 times, since cost should grow with rows. "One" is a run of a single partition
whose window is stretched to all the days: the same pages through the same asset and write path,
with one partition to plan, judge and report. Both run in this process against a simulator in
another, each into an empty table, and take turns; figures are medians of the rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from unittest.mock import patch

import psutil
from rich.console import Console
from rich.table import Table

from arb_pipeline.cli.session import Session, open_session
from arb_pipeline.defs.history.in_progress import TOP_UP_TAG
from arb_pipeline.defs.launch import materialize_candles, materialize_symbols
from arb_pipeline.defs.partitions import ExchangeDay
from arb_pipeline.model import DAY_MS, Exchange, Interval
from arb_pipeline_tests.benchmarks.parts import (
    execute,
    load_note,
    pipeline_parts,
    server_process,
    tree_cpu,
)
from arb_pipeline_tests.benchmarks.peers import SYMBOLS

EXCHANGE = Exchange.BINANCE_SPOT
START = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp()) * 1000
GOAL = 1.3

# Seconds: on the clock, CPU of this process, CPU of PostgreSQL.
Spent = tuple[float, float, float]


def materialize(
    session: Session, url: str, postgres: psutil.Process | None, days: int, partitions: int
) -> Spent:
    """Fetch so many days in one run of so many partitions."""
    asyncio.run(execute(url, "TRUNCATE candles, coverage"))
    keys = [ExchangeDay(EXCHANGE, START + n * DAY_MS) for n in range(partitions)]
    whole = {EXCHANGE: [Interval(START, START + days * DAY_MS)]}
    wall, cpu, database = time.perf_counter(), time.process_time(), tree_cpu(postgres)
    with patch("arb_pipeline.defs.history.stream.windows", return_value=whole):
        problem = materialize_candles(
            session.instance,
            keys,
            config={"timeframes": ["1m"], "symbols": list(SYMBOLS)},
            tags={TOP_UP_TAG: "benchmark"},  # or a run of few partitions would draw them
        ).problem
    spent = (
        time.perf_counter() - wall,
        time.process_time() - cpu,
        tree_cpu(postgres) - database,
    )
    stored = asyncio.run(execute(url, "SELECT count(*) FROM candles"))
    if problem or stored != days * 1440 * len(SYMBOLS):
        raise RuntimeError(problem or f"{stored} candles are stored")
    return spent


def medians(rounds: Sequence[Spent]) -> Spent:
    """The middle of each figure by itself."""
    wall, cpu, database = (statistics.median(figures) for figures in zip(*rounds, strict=True))
    return wall, cpu, database


def main() -> None:
    """Measure and print; the exit code is 1 where the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    days: int = arguments.days
    table = Table(
        *("one run of", "wall s", "client CPU s", "PostgreSQL CPU s"),
        title=f"{days} days of 1m × {len(SYMBOLS)} symbols; {load_note()}",
    )
    rounds: dict[int, list[Spent]] = {1: [], days: []}
    with pipeline_parts() as (url, _), open_session() as session:
        postgres = server_process(url)
        materialize_symbols(session.instance, [EXCHANGE])
        for _ in range(arguments.rounds + 1):  # the first warms everything
            for partitions, spent in rounds.items():
                spent.append(materialize(session, url, postgres, days, partitions))
    one, many = (medians(spent[1:]) for spent in rounds.values())
    for name, found in (("1 partition", one), (f"{days} partitions", many)):
        table.add_row(name, *(f"{figure:.2f}" for figure in found))
    wall, cpu, _ = (large / max(small, 1e-9) for large, small in zip(many, one, strict=True))
    Console().print(table)
    Console().print(
        f"{days} partitions take {wall:.2f} × the time and {cpu:.2f} × the CPU of one; "
        f"goal: at most {GOAL}"
    )
    raise SystemExit(1 if max(wall, cpu) > GOAL else 0)


if __name__ == "__main__":
    main()
