"""Half a year of minutes of five symbols: freqtrade, ccxt, bare requests, and this pipeline.

Run: ``uv run python -m arb_pipeline_tests.benchmarks.bench_peers [--days 183] [--peers ours …]``.
All ask the same simulator of Binance, in a process of its own, which takes 80 ms to answer and
enforces the real limit of 6,000 weight a minute; each begins with a fresh minute. freqtrade is
installed into an environment of its own the first time. Every line is one process from its start
to its end, imports and all, but "asset", which is the run of the asset inside a process that is
there already, as a code server's is. CPU is the kernel's books of that process, and of PostgreSQL
with all its backends; freqtrade writes Feather files, ccxt and bare requests store nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psutil
from rich.console import Console
from rich.table import Table

from arb_pipeline.cli.session import Session, open_session
from arb_pipeline.defs.launch import materialize_candles, materialize_symbols
from arb_pipeline.defs.partitions import ExchangeDay
from arb_pipeline.model import DAY_MS, Company, Exchange
from arb_pipeline_tests.benchmarks import freqtrade
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

FIRST = date(2025, 1, 1)
START = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp()) * 1000
LATENCY_MS = 80
EXCHANGE = Exchange.BINANCE_SPOT


@dataclass(frozen=True, slots=True)
class Contest:
    """Where everybody is measured."""

    days: int
    url: str
    simulator: Enforcing
    session: Session
    postgres: psutil.Process | None

    @property
    def base(self) -> str:
        """The simulator in place of Binance's host."""
        return self.simulator.served.company_urls[Company.BINANCE]

    @property
    def last(self) -> date:
        """The day after the last."""
        return FIRST + timedelta(days=self.days)


def process(*words: str) -> float:
    """Run a command to its end; seconds of CPU by the kernel's books."""
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(words, stdout=said, stderr=subprocess.STDOUT) as started,
    ):
        _, status, books = os.wait4(started.pid, 0)
        started.returncode = os.waitstatus_to_exitcode(status)
        if started.returncode:
            said.seek(0)
            raise RuntimeError(f"{words[0]}: {said.read().decode()[-2000:]}")
    return books.ru_utime + books.ru_stime


def peer(way: str) -> Callable[[Contest], float]:
    """A script of ``peers``."""

    def run(contest: Contest) -> float:
        end = START + contest.days * DAY_MS
        module = "arb_pipeline_tests.benchmarks.peers"
        return process(sys.executable, "-m", module, way, contest.base, str(START), str(end))

    return run


def downloading(*, rolling_window: bool) -> Callable[[Contest], float]:
    """``freqtrade download-data``."""

    def run(contest: Contest) -> float:
        with tempfile.TemporaryDirectory() as home:
            timerange = f"{FIRST:%Y%m%d}-{contest.last:%Y%m%d}"
            return process(
                *freqtrade.command(
                    freqtrade.installed(), Path(home), contest.base, timerange,
                    rolling_window=rolling_window,
                )
            )  # fmt: skip

    return run


def asset(contest: Contest) -> float:
    """The asset, in this process."""
    days = [ExchangeDay(EXCHANGE, START + n * DAY_MS) for n in range(contest.days)]
    began = time.process_time()
    problem = materialize_candles(
        contest.session.instance, days, config={"timeframes": ["1m"], "symbols": list(SYMBOLS)}
    ).problem
    if problem:
        raise RuntimeError(problem)
    return time.process_time() - began


def command_line(contest: Contest) -> float:
    """``arb-pipeline backfill``."""
    program = "from arb_pipeline.cli import main; main()"
    return process(
        *(sys.executable, "-c", program, "backfill", "candles", EXCHANGE.value, *SYMBOLS),
        *("--timeframe", "1m", "--from", FIRST.isoformat(), "--to", contest.last.isoformat()),
    )


PEERS: dict[str, tuple[str, Callable[[Contest], float]]] = {
    "raw": ("aiohttp + orjson, nothing stored", peer("raw")),
    "ccxt": ("ccxt, 32 pages at once, rollingWindow, nothing stored", peer("ccxt")),
    "freqtrade": (f"freqtrade {freqtrade.VERSION}", downloading(rolling_window=False)),
    "rolling": (f"freqtrade {freqtrade.VERSION}, rollingWindow", downloading(rolling_window=True)),
    "asset": ("the asset candles, rows in TimescaleDB", asset),
    "backfill": ("arb-pipeline backfill, rows in TimescaleDB", command_line),
}


def measure(contest: Contest, name: str, table: Table) -> None:
    """Run one of them and add its line."""
    title, work = PEERS[name]
    expected = contest.days * 1440 * len(SYMBOLS)
    asyncio.run(execute(contest.url, "TRUNCATE candles, coverage"))
    contest.simulator.statuses()
    wait_for_a_fresh_minute()
    database, began = tree_cpu(contest.postgres), time.perf_counter()
    client = work(contest)
    wall = time.perf_counter() - began
    database = tree_cpu(contest.postgres) - database
    statuses = contest.simulator.statuses()
    stored = asyncio.run(execute(contest.url, "SELECT count(*) FROM candles"))
    if name in ("asset", "backfill") and stored != expected:
        raise RuntimeError(f"{stored} candles are stored, not {expected}")
    table.add_row(
        *(title, f"{wall:.1f}", f"{expected / wall:,.0f}", f"{client:.1f}"),
        *(f"{client / expected * 1e6:.1f}", f"{database:.1f}" if stored else ""),
        *(str(statuses.total()), str(statuses[429] + statuses[418])),
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=183)
    parser.add_argument("--peers", nargs="+", choices=list(PEERS), default=list(PEERS))
    arguments = parser.parse_args()
    table = Table(
        *("way", "wall s", "candles/s", "client CPU s", "µs per candle", "PostgreSQL CPU s"),
        *("requests", "429"),
        title=f"{arguments.days} days of 1m × {len(SYMBOLS)} symbols; {load_note()}",
    )
    dagster_database = f"arb_bench_dagster_{uuid4().hex[:8]}"
    with (
        fresh_database(more=(dagster_database,)) as url,
        enforcing_simulator(LATENCY_MS) as simulator,
        pipeline_environment(url, simulator.served, dagster_database),
        open_session() as session,
    ):
        contest = Contest(arguments.days, url, simulator, session, server_process(url))
        materialize_symbols(session.instance, [EXCHANGE])
        peer("raw")(contest)  # renders the simulator's pages
        for name in arguments.peers:
            measure(contest, name, table)
    Console(width=130).print(table)


if __name__ == "__main__":
    main()
