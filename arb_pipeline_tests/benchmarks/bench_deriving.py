"""Seconds to compute order flow of 100 symbols, and to value an account of many fills.

Run: ``python -m arb_pipeline_tests.benchmarks.bench_deriving [--symbols 100] [--fills 20000]``.
Needs a database: the configured one, or the embedded one is started. Works in a database of its
own, which it drops: a day of books (one a minute) and trades (one every ten seconds) of each
symbol. Measures what a run of the schedule computes, the windows of the last hour, first and again;
a whole day; and the positions of an account whose fees are in a third asset, booked for the first
time and then from where that left off. CPU is this process's, without the database's.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial

from rich.console import Console
from rich.table import Table

from arb_pipeline.defs.derived.booking import Booking
from arb_pipeline.defs.derived.flowing import Flow
from arb_pipeline.defs.partitions import ExchangeDay
from arb_pipeline.model import DAY_MS, Exchange, now_ms
from arb_pipeline.settings import settings
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.database import Pool, open_pool
from arb_pipeline.storage.reference import Reference
from arb_pipeline_tests.benchmarks.parts import fresh_database, load_note

_LIST = """
INSERT INTO symbols (exchange_id, exchange_symbol, symbol_base, symbol_quote, status, is_active,
    is_tracked, tracked_at)
SELECT e.id, 'COIN' || n, 'COIN' || n, 'USDT', 'TRADING', true, true, '2020-01-01'
FROM exchanges AS e, generate_series(1, $1) AS n WHERE e.enum_value = 'BINANCE_SPOT'
"""
_FILL = (
    """
INSERT INTO book_ticker_snapshots (symbol_id, timestamp, bid_price, bid_qty, ask_price, ask_qty)
SELECT id, $1::timestamptz + m * interval '1 minute', 64000 + (m % 7) * 0.01, 1 + m % 5,
    64010 + (m % 3) * 0.01, 2 + m % 4
FROM symbols, generate_series(0, 1439) AS m
""",
    """
INSERT INTO trade_snapshots (symbol_id, timestamp, price, quantity, side, trade_id)
SELECT id, $1::timestamptz + s * interval '10 seconds', 64005, 0.00123,
    CASE WHEN s % 3 = 0 THEN 'sell' ELSE 'buy' END, s::text
FROM symbols, generate_series(0, 8639) AS s
""",
    """
INSERT INTO coverage (symbol_id, data_set, day, present)
SELECT id, 'trades', ($1::timestamptz AT TIME ZONE 'UTC')::date,
    tstzmultirange(tstzrange($1, $1 + interval '1 day'))
FROM symbols
""",
)

_HISTORY = (
    """
INSERT INTO candles (symbol_id, timeframe, timestamp, open, high, low, close, volume)
SELECT id, '1m', $1::timestamptz + m * interval '1 minute', 580.25, 580.25, 580.25, 580.25, 1
FROM symbols, generate_series(0, 30 * 1440 - 1) AS m WHERE exchange_symbol = 'COIN2'
""",
    """
INSERT INTO coverage (symbol_id, data_set, timeframe, day)
SELECT id, 'candles', '1m', ($1::timestamptz AT TIME ZONE 'UTC')::date + d
FROM symbols, generate_series(0, 29) AS d WHERE exchange_symbol = 'COIN2'
""",
)
_FILLS = """
INSERT INTO account_trades (symbol_id, timestamp, trade_id, side, price, quantity, fee, fee_asset)
SELECT id, $1::timestamptz + n * (interval '30 days' / $2), n::text,
    CASE WHEN n % 3 = 2 THEN 'sell' ELSE 'buy' END, 64000 + n % 977, 0.0123, 0.00137, 'COIN2'
FROM symbols, generate_series(0, $2 - 1) AS n WHERE exchange_symbol = 'COIN1'
"""


async def measure(url: str, symbols: int, fills: int) -> Table:
    """Measure all of it over an empty database."""
    made = Table("what", "seconds", "CPU s", "rows")
    day = now_ms() // DAY_MS * DAY_MS - DAY_MS
    end = day + DAY_MS
    async with await open_pool(url, size=2) as pool:
        await pool.execute(_LIST, symbols)
        for statement in _FILL:
            await pool.execute(statement, to_datetime(day))
        reference = await Reference.load(pool)

        def flow(since: int | None) -> Callable[[], Awaitable[int]]:
            async def work() -> int:
                computed = Flow(pool, reference, settings(), end, since)
                outcome = await computed.compute(ExchangeDay(Exchange.BINANCE_SPOT, day))
                return int(outcome.metadata["dagster/partition_row_count"])

            return work

        hour = end - 3_600_000
        for name, work in (
            (f"{symbols} symbols, windows of the last hour", flow(hour)),
            ("the same again, nothing changed", flow(hour)),
            (f"{symbols} symbols, a whole day", flow(None)),
        ):
            made.add_row(name, *await _timed(work))

        await _deal(pool, fills, day)
        for name in (
            f"positions out of {fills:,} fills, first",
            "the same again, from where the first left off",
        ):
            made.add_row(name, *await _timed(partial(_positions, pool, end)))
    return made


async def _deal(pool: Pool, fills: int, last: int) -> None:
    """An account of one symbol whose fees are in a third, over thirty days of minutes."""
    first = to_datetime(last - 29 * DAY_MS)
    for statement in _HISTORY:
        await pool.execute(statement, first)
    await pool.execute(_FILLS, first, fills)


async def _positions(pool: Pool, now: int) -> int:
    async with pool.acquire() as connection, connection.transaction():
        home = Exchange.BINANCE_SPOT
        exchange_id = (await Reference.load(connection)).exchange_id(home)
        return len(await Booking(connection, home, exchange_id, str, settings()).positions(now))


async def _timed(work: Callable[[], Awaitable[int]]) -> tuple[str, str, str]:
    began, spent = time.perf_counter(), time.process_time()
    rows = await work()
    return (
        f"{time.perf_counter() - began:.2f}",
        f"{time.process_time() - spent:.2f}",
        f"{rows:,}",
    )


def main() -> None:
    """Read arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--symbols", type=int, default=100)
    parser.add_argument("--fills", type=int, default=20_000)
    arguments = parser.parse_args()
    console = Console()
    console.print(load_note())
    with fresh_database() as url:
        console.print(asyncio.run(measure(url, arguments.symbols, arguments.fills)))


if __name__ == "__main__":
    main()
