"""What faults cost: rows kept, requests, refusals and exit codes of the commands people run.

Run: ``uv run python -m arb_pipeline_tests.benchmarks.bench_faults [--only omitted …]``. Every case
has a database, a Dagster instance and a simulator of its own, with the real limits unless it says
otherwise. What must hold is tested elsewhere; this prints the numbers.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import psutil
from rich.console import Console
from rich.table import Table

from arb_pipeline.model import DAY_MS, Company, Exchange, Interval, iso
from arb_pipeline.simulator import Fault, FaultKind, Rule, Simulator
from arb_pipeline_tests.benchmarks.parts import (
    Served,
    execute,
    fresh_database,
    load_note,
    pipeline_environment,
)

EXCHANGE = Exchange.BINANCE_SPOT
START = int(datetime(2025, 3, 1, tzinfo=UTC).timestamp()) * 1000
MINUTE = 60_000
FIVE = ("BTC/USDT", "ETH/USDT", "SOL/USDT", "XRP/USDT", "DOGE/USDT")
_VERSIONS = "SELECT hashtext(string_agg(xmin::text || ctid::text, ',' ORDER BY ctid)) FROM candles"


@dataclass(frozen=True, slots=True)
class Case:
    """A pipeline and an exchange to break."""

    url: str
    simulator: Simulator

    def command(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a command of ``arb-pipeline``."""
        return subprocess.Popen(
            [sys.executable, "-m", "arb_pipeline", *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def backfill(self, *symbols: str, days: int) -> subprocess.Popen[bytes]:
        """Start a backfill of one-minute candles."""
        window = ("--from", iso(START)[:10], "--to", iso(START + days * DAY_MS)[:10])
        return self.command("backfill", "candles", EXCHANGE.value, *symbols, *window)

    def rows(self) -> int:
        """Candles stored."""
        return asyncio.run(execute(self.url, "SELECT count(*) FROM candles"))

    def asked(self) -> int:
        """Requests for candles that were answered or refused so far."""
        return len(self.simulator.requests.select(exchange=EXCHANGE, endpoint="candles"))

    def refused(self) -> int:
        """How often Binance said 429."""
        return self.simulator.requests.said(Company.BINANCE, 429)


@contextmanager
def case() -> Iterator[Case]:
    """A fresh one, its listings synchronised."""
    dagster = f"arb_bench_dagster_{uuid4().hex[:8]}"
    simulator = Simulator()
    with fresh_database(more=(dagster,)) as url, simulator.serve():
        served = Served(simulator.company_urls, psutil.Process())
        with pipeline_environment(url, served, dagster):
            found = Case(url, simulator)
            if found.command("symbols", "sync", EXCHANGE.value).wait():
                raise SystemExit("the listings could not be synchronised")
            yield found


def omitted(one: Case) -> str:
    """A day the exchange does not have at first."""
    day = Interval(START + DAY_MS, START + 2 * DAY_MS)
    one.simulator.faults.add(Fault(FaultKind.MISSING_DAY, exchange=EXCHANGE, interval=day))
    one.command("symbols", "track", EXCHANGE.value, "BTC/USDT").wait()
    first = one.backfill("BTC/USDT", days=3).wait()
    kept = one.rows()
    one.simulator.faults.clear()
    before = one.asked()
    window = ("--from", iso(START)[:10], "--to", iso(START + 3 * DAY_MS)[:10])
    again = one.command("repair", EXCHANGE.value, "BTC/USDT", *window, "--recheck-absent").wait()
    return (
        f"{kept:,} of 4,320 rows, the day confirmed absent, exit {first}; once the exchange has "
        f"it, repair: {one.rows():,} rows after {one.asked() - before} requests, exit {again}"
    )


def broken_range(one: Case) -> str:
    """A range of pages that always answers 500."""
    touched = Interval(START + 2_000 * MINUTE + MINUTE, START + 3_000 * MINUTE - MINUTE)
    one.simulator.faults.add(
        Fault(FaultKind.HTTP_500, exchange=EXCHANGE, endpoint="candles", interval=touched)
    )
    code = one.backfill("BTC/USDT", days=8).wait()
    return (
        f"{one.rows():,} of 11,520 rows, all but the 1,000 of that page; exit {code}, it is named"
    )


def low_limit(one: Case) -> str:
    """300 weight a minute, 429 with Retry-After beyond."""
    one.simulator.limits.configure("binance-spot", Rule(300, 60))
    began = time.monotonic()
    code = one.backfill(*FIVE, days=60).wait()
    return (
        f"{one.rows():,} of {5 * 60 * 1440:,} rows of five symbols, {one.refused()} × 429 among "
        f"{one.asked()} requests, {time.monotonic() - began:.0f} s, exit {code}"
    )


def killed(one: Case) -> str:
    """kill -9 in the middle."""
    one.simulator.latency_ms = 100
    process = one.backfill("BTC/USDT", days=120)
    while one.rows() < 60_000:
        if process.poll() is not None:
            raise SystemExit("the backfill ended before it was killed")
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept, code = one.rows(), one.backfill("BTC/USDT", days=120).wait()
    records = one.simulator.requests.select(exchange=EXCHANGE, endpoint="candles")
    twice = sum(count > 1 for count in Counter(record.start for record in records).values())
    return (
        f"killed at {kept:,} rows; the next one: {one.rows():,} of {120 * 1440:,}, exit {code}; "
        f"{twice} of 173 pages fetched twice (64 may be in flight)"
    )


def open_candle(one: Case) -> str:
    """The last candle is still open."""
    clock = one.simulator.clock
    clock.freeze(START + 10 * MINUTE + 30_000)
    one.backfill("BTC/USDT", days=1).wait()
    while_open = one.rows()
    clock.set(START + 11 * MINUTE + 3_000)
    one.backfill("BTC/USDT", days=1).wait()
    return f"{while_open} rows while the 11th minute is open, {one.rows()} 3 s after it closed"


def nothing_new(one: Case) -> str:
    """Everything is there already."""
    one.backfill("BTC/USDT", "ETH/USDT", days=30).wait()
    before, asked = asyncio.run(execute(one.url, _VERSIONS)), one.asked()
    code = one.backfill("BTC/USDT", "ETH/USDT", days=30).wait()
    same = asyncio.run(execute(one.url, _VERSIONS)) == before
    rewritten = "no row" if same else "rows"
    return f"{one.asked() - asked} requests for candles, {rewritten} rewritten, exit {code}"


def four_processes(one: Case) -> str:
    """Four processes backfill one company at once under its real limit."""
    began = time.monotonic()
    running = [one.backfill(name, days=365) for name in FIVE[:4]]
    codes = [process.wait() for process in running]
    return (
        f"{one.rows():,} of {4 * 365 * 1440:,} rows, {one.refused()} × 429 among {one.asked():,} "
        f"requests, {time.monotonic() - began:.0f} s, exit {codes}"
    )


_ALL = (omitted, broken_range, low_limit, killed, open_candle, nothing_new, four_processes)
CASES: dict[str, Callable[[Case], str]] = {function.__name__: function for function in _ALL}


def main() -> None:
    """Run the cases and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", nargs="*", choices=CASES, default=list(CASES))
    made = Table("fault", "what came of it", title=f"faults ({load_note()})")
    for name in parser.parse_args().only:
        with case() as one:
            made.add_row((CASES[name].__doc__ or name).rstrip("."), CASES[name](one))
    Console(width=160).print(made)


if __name__ == "__main__":
    main()
