"""Peak memory of a real backfill over one month and over twelve; goal: within 20 %.

Run: ``uv run python -m arb_pipeline_tests.benchmarks.bench_memory [--symbols BTC/USDT ETH/USDT]``.
Each line is a process of its own, ``arb-pipeline backfill candles BINANCE_SPOT …`` as a user types
it, of one-minute candles against a simulator in another process, into a database of the
benchmark's own, emptied before. Peak memory and CPU are the kernel's books of that process
(``wait4``). The last line fetches a month as one run per day instead, to show what a run costs.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date, timedelta

import psutil
from rich.console import Console
from rich.table import Table

from arb_pipeline_tests.benchmarks.parts import (
    execute,
    load_note,
    pipeline_parts,
    server_process,
    tree_cpu,
)

EXCHANGE = "BINANCE_SPOT"
FIRST = date(2025, 1, 1)
GOAL = 0.2


@dataclass(slots=True)
class Used:
    """What a process, or several one after the other, took."""

    candles: int = 0
    wall: float = 0.0
    cpu: float = 0.0
    postgres: float = 0.0
    peak: int = 0  # bytes


def arb_pipeline(*words: str) -> tuple[float, resource.struct_rusage]:
    """Run a command to its end; seconds and the kernel's books."""
    started = time.perf_counter()
    program = "from arb_pipeline.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", program, *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    with process:
        _, status, books = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        problem = process.stderr.read().decode() if process.stderr else ""
    if process.returncode:
        raise RuntimeError(f"arb-pipeline {' '.join(words)}: {problem}")
    return time.perf_counter() - started, books


def backfill(url: str, postgres: psutil.Process | None, symbols: list[str], *days: int) -> Used:
    """Backfill stretches of so many days, one process each, into an empty table."""
    asyncio.run(execute(url, "TRUNCATE candles, coverage"))
    used = Used()
    before = tree_cpu(postgres)
    start = FIRST
    for length in days:
        end = start + timedelta(days=length)
        wall, books = arb_pipeline(
            *("backfill", "candles", EXCHANGE, *symbols, "--timeframe", "1m"),
            *("--from", start.isoformat(), "--to", end.isoformat()),
        )
        used.wall += wall
        used.cpu += books.ru_utime + books.ru_stime
        used.peak = max(used.peak, books.ru_maxrss * 1024)
        start = end
    used.postgres = tree_cpu(postgres) - before
    used.candles = asyncio.run(execute(url, "SELECT count(*) FROM candles"))
    expected = sum(days) * 1440 * len(symbols)
    if used.candles != expected:
        raise RuntimeError(f"{used.candles} candles are stored, not {expected}")
    # The kernel hands the peak of the starting process on to the started one.
    if used.peak <= resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024:
        raise RuntimeError("this process is larger than the one it measures")
    return used


def main() -> None:
    """Measure and print; the exit code is 1 where the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--symbols", nargs="+", default=["BTC/USDT", "ETH/USDT"])
    parser.add_argument("--one-by-one", type=int, default=5, help="days fetched as a run each")
    arguments = parser.parse_args()
    few = arguments.one_by_one
    table = Table(
        *("backfill", "candles", "wall s", "CPU s", "PostgreSQL CPU s", "candles/s", "peak MB"),
        title=f"{EXCHANGE} 1m of {', '.join(arguments.symbols)}; {load_note()}",
    )
    found: dict[str, Used] = {}
    with pipeline_parts() as (url, _):
        postgres = server_process(url)
        arb_pipeline("symbols", "sync", EXCHANGE)
        for name, days in (
            ("1 month", [31]),
            ("12 months", [365]),
            (f"{few} days, one run", [few]),
            (f"{few} days, a run each", [1] * few),
        ):
            used = found[name] = backfill(url, postgres, arguments.symbols, *days)
            table.add_row(
                *(name, f"{used.candles:,}"),
                *(f"{number:.1f}" for number in (used.wall, used.cpu, used.postgres)),
                *(f"{used.candles / used.wall:,.0f}", f"{used.peak / 2**20:.0f}"),
            )
    Console().print(table)
    growth = found["12 months"].peak / found["1 month"].peak - 1
    Console().print(f"12 months take {growth:+.1%} of the memory of one; goal: within {GOAL:.0%}")
    raise SystemExit(1 if abs(growth) > GOAL else 0)


if __name__ == "__main__":
    main()
