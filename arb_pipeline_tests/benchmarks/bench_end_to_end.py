"""Candles per second from the exchange into TimescaleDB through the Dagster asset, per exchange.

Run: ``uv run python -m arb_pipeline_tests.benchmarks.bench_end_to_end [--days 14] [--rounds 3]``.
Each round first fetches the pages of a window without storing them ("fetch": the same clients, the
same number of symbols at a time), then materializes the asset ``candles`` over the same window
into an emptied table ("asset": fetch, COPY, coverage, and Dagster's own bookkeeping). The
simulator is a process of its own; its limits are never reached, the client's own pacing remains.
CPU is told apart by process: this one, the simulator, and PostgreSQL with all its backends.
Medians of the rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics

import dagster as dg
from rich.console import Console
from rich.table import Table

from arb_pipeline.cli.session import open_session
from arb_pipeline.defs.launch import materialize_candles, materialize_symbols
from arb_pipeline.defs.partitions import ExchangeDay
from arb_pipeline.defs.resources import configured_exchanges
from arb_pipeline.exchanges.candles import candle_pages
from arb_pipeline.exchanges.client import ExchangeClient
from arb_pipeline.model import DAY_MS, TIMEFRAMES, Company, Exchange, Instrument, Interval, now_ms
from arb_pipeline.settings import settings
from arb_pipeline_tests.benchmarks.parts import (
    Clock,
    Spent,
    execute,
    load_note,
    pipeline_parts,
    server_process,
)

M1 = TIMEFRAMES["1m"]
NAMES = ("BTC/USDT", "ETH/USDT", "SOL/USDT", "XRP/USDT")
GATE_DAYS = 6  # it serves its latest 10,000 candles


async def fetch(exchange: Exchange, instruments: list[Instrument], window: Interval) -> int:
    """Fetch every page and forget it; returns the number of candles."""
    turns = asyncio.Semaphore(settings().symbols_in_parallel)

    async def one(client: ExchangeClient, instrument: Instrument) -> int:
        async with turns:
            pages = candle_pages(client, instrument, M1, window, grace_ms=2000)
            return sum([len(page.rows) async for page in pages])

    async with configured_exchanges(settings()) as exchanges:
        client = exchanges[exchange]
        return sum(await asyncio.gather(*(one(client, each) for each in instruments)))


def store(instance: dg.DagsterInstance, days: list[ExchangeDay], names: list[str]) -> None:
    """Materialize the asset."""
    config = {"timeframes": ["1m"], "symbols": names}
    problem = materialize_candles(instance, days, config=config).problem
    if problem:
        raise RuntimeError(problem)


def middle(rounds: list[Spent]) -> Spent:
    """The median of each number."""
    columns = zip(*((s.wall, s.client, s.simulator, s.postgres) for s in rounds), strict=True)
    return Spent(*(statistics.median(column) for column in columns))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    table = Table(
        *("exchange", "candles", "way", "candles/s", "× fetch", "wall s"),
        *("client CPU s", "simulator", "PostgreSQL"),
        title=f"{len(NAMES)} symbols, 1m; {load_note()}",
    )
    with pipeline_parts() as (url, served), open_session() as session:
        postgres = server_process(url)
        materialize_symbols(session.instance, list(Exchange))
        today = now_ms() // DAY_MS * DAY_MS
        for exchange in Exchange:
            count = arguments.days
            if exchange.company is Company.GATEIO:
                count = min(count, GATE_DAYS)
            window = Interval(today - count * DAY_MS, today)
            days = [ExchangeDay(exchange, part.start) for part in window.days()]
            reference = session.reference()
            instruments = [reference.find(exchange, name) for name in NAMES]
            ids = [instrument.exchange_symbol for instrument in instruments]
            expected = len(instruments) * count * 1440
            # Renders the simulator's pages and imports what is imported late.
            asyncio.run(fetch(exchange, instruments, window))
            store(session.instance, days[:1], ids)
            found: dict[str, list[Spent]] = {"fetch": [], "asset": []}
            for _ in range(arguments.rounds):
                clock = Clock(served, postgres)
                fetched = asyncio.run(fetch(exchange, instruments, window))
                found["fetch"].append(clock.spent())
                asyncio.run(execute(url, "TRUNCATE candles, coverage"))
                clock = Clock(served, postgres)
                store(session.instance, days, ids)
                found["asset"].append(clock.spent())
                stored = asyncio.run(execute(url, "SELECT count(*) FROM candles"))
                if not fetched == stored == expected:
                    raise RuntimeError(f"{exchange}: {fetched} fetched, {stored} stored")
            raw = middle(found["fetch"])
            for way, rounds in found.items():
                spent = middle(rounds)
                numbers = (spent.wall, spent.client, spent.simulator, spent.postgres)
                table.add_row(
                    *((exchange.value, f"{expected:,}") if way == "fetch" else ("", "")),
                    *(way, f"{expected / spent.wall:,.0f}", f"{raw.wall / spent.wall:.2f}"),
                    *(f"{number:.2f}" for number in numbers),
                )
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
