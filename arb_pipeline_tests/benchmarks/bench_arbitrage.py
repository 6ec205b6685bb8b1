"""Milliseconds to compute the opportunities of one beat, from stored books to stored rows.

Run: ``python -m arb_pipeline_tests.benchmarks.bench_arbitrage [--symbols 2000] [--beats 60]``.
Needs a database: the configured one, or the embedded one is started. Works in a database of its
own, which it drops. Fills it with books of so many symbols on each of the seven exchanges, a minute
apart, of which one in fifty is worth selling elsewhere, then computes the newest beats one by one:
books, funding, rates and known opportunities read, every pair compared, rows stored.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time

import psutil
from rich.console import Console

from arb_pipeline.defs.derived.arbitrage_beats import compute
from arb_pipeline.model import Exchange, now_ms
from arb_pipeline.settings import settings
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.database import Connection, connect
from arb_pipeline_tests.benchmarks.parts import fresh_database, load_note

MINUTE_MS = 60_000
_SYMBOLS = """
INSERT INTO symbols (exchange_id, exchange_symbol, symbol_base, symbol_quote, status, is_active,
    is_tracked, tracked_at, taker_fee, contract_size)
SELECT e.id, 'COIN' || n || 'USDT', 'COIN' || n, 'USDT', 'TRADING', true, true, now(), 0.001,
    CASE e.market_type WHEN 'SPOT' THEN 1 ELSE 0.01 END
FROM exchanges AS e, generate_series(1, $1) AS n
"""
# Bids a tenth below asks of the same price everywhere, but for one in fifty on one exchange.
_BOOKS = """
INSERT INTO book_ticker_snapshots (timestamp, symbol_id, bid_price, bid_qty, ask_price, ask_qty)
SELECT $1, id, p.price, 12.3456 + id % 7, p.price * 1.0001, 9.8765 + id % 5
FROM symbols, LATERAL (
    SELECT (100 + length(symbol_base) * 1.2345678)
        * CASE WHEN id % 50 = 0 THEN 1.01 ELSE 1 END AS price
) AS p
"""
_FUNDING = """
INSERT INTO funding_rate_snapshots (timestamp, symbol_id, funding_rate, funding_time)
SELECT $1, s.id, 0.0001, $2 FROM symbols AS s INNER JOIN exchanges AS e ON s.exchange_id = e.id
WHERE e.market_type = 'FUTURES'
"""


async def fill(connection: Connection, symbols: int, beats: list[int]) -> None:
    """Symbols, their funding, and their books of every beat."""
    await connection.execute(_SYMBOLS, symbols)
    first = to_datetime(beats[0] - MINUTE_MS)
    await connection.execute(_FUNDING, first, beats[-1] + 60 * MINUTE_MS)
    for at in beats:
        await connection.execute(_BOOKS, to_datetime(at + 300))
    await connection.execute("ANALYZE")


async def measure(url: str, symbols: int, count: int, console: Console) -> None:
    """Fill, compute, report."""
    connection = await connect(url)
    configured = settings()
    beats = [now_ms() - ago * MINUTE_MS for ago in range(count, 0, -1)]
    await fill(connection, symbols, beats)
    took, processor, found, pairs = [], [], 0, 0
    for at in beats:
        started, used = time.perf_counter(), psutil.Process().cpu_times().user
        done = await compute(connection, at, None, list(Exchange), configured)
        took.append((time.perf_counter() - started) * 1000)
        processor.append((psutil.Process().cpu_times().user - used) * 1000)
        found = sum(one.opportunity_count for one in done.tallies.values())
        pairs = sum(one.pair_count for one in done.tallies.values())
    await connection.close()
    took.sort()
    console.print(
        f"{symbols} symbols × {len(Exchange)} exchanges: {pairs} pairs compared, {found} "
        f"opportunities stored per beat; ms per beat: median {statistics.median(took):.0f}, most "
        f"{took[-1]:.0f}; of it Python {statistics.median(processor):.0f} (goal: well under 1000)"
    )
    console.print(load_note())


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--symbols", type=int, default=2000)
    parser.add_argument("--beats", type=int, default=60)
    options = parser.parse_args()
    with fresh_database() as url:
        asyncio.run(measure(url, options.symbols, options.beats, Console(soft_wrap=True)))


if __name__ == "__main__":
    main()
