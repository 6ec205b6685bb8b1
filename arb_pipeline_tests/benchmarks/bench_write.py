"""Rows per second of the write path beside a raw COPY of the same rows into the same table.

Run: ``python -m arb_pipeline_tests.benchmarks.bench_write [--rows 45000] [--rounds 5]``. Needs a
database: the configured one, or the embedded one is started. Works in a database of its own, which
it drops. Everything is measured in one run, round by round, and the medians are compared, so that
whatever else the machine does weighs on both.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from io import BytesIO

from rich.console import Console
from rich.table import Table

from arb_pipeline.model import TIMEFRAMES, CandlePage, CandleRow, Exchange, Instrument, Interval
from arb_pipeline.storage.copy_text import candle_text
from arb_pipeline.storage.database import Pool, open_pool
from arb_pipeline.storage.history_tables import CANDLES
from arb_pipeline.storage.writer import PageWriter
from arb_pipeline_tests.benchmarks.parts import fresh_database, load_note

MINUTE = 60_000
START = 1_735_689_600_000  # 2025-01-01
PAGE = 1000


def made_up_row(index: int) -> CandleRow:
    """A plausible candle; the numbers only have to be as long as real ones."""
    price = 9_000_000 + index * 7919 % 100_003
    low, high = f"{price / 100:.2f}", f"{price / 100 + 9:.2f}"
    volume = f"{index * 104_729 % 9_999_991 / 100_000:.5f}"
    return (START + index * MINUTE, low, high, low, high, volume, f"{index}.12345678", str(index))


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    """Seconds the work took."""
    started = time.perf_counter()
    await work()
    return time.perf_counter() - started


async def write(pool: Pool, pages: list[CandlePage], writers: int, *, empty: bool) -> None:
    """Write pages the way the IO manager does."""
    waiting = iter(pages)

    async def one() -> None:
        async with PageWriter(pool) as writer:
            for page in waiting:
                await writer.write(page, expect_empty=empty)

    await asyncio.gather(*(one() for _ in range(writers)))


async def measure(url: str, rows: int, rounds: int) -> dict[str, list[float]]:
    """Rows per second of each way, one number per round."""
    async with await open_pool(url, size=4) as pool:
        symbol_id = await pool.fetchval(
            "INSERT INTO symbols "
            "(exchange_id, exchange_symbol, symbol_base, symbol_quote, status, is_active) "
            "SELECT min(id), 'BTCUSDT', 'BTC', 'USDT', '', true FROM exchanges RETURNING id"
        )
        instrument = Instrument(symbol_id, Exchange.BINANCE_SPOT, "BTCUSDT", "BTC", "USDT")
        pages = [
            CandlePage(
                instrument,
                TIMEFRAMES["1m"],
                Interval(START + first * MINUTE, START + min(first + PAGE, rows) * MINUTE),
                [made_up_row(index) for index in range(first, min(first + PAGE, rows))],
            )
            for first in range(0, rows, PAGE)
        ]
        text = b"".join(candle_text(page, page.rows) for page in pages)

        async def raw() -> None:
            async with pool.acquire() as connection:
                await connection.execute("SET synchronous_commit TO off")
                await connection.copy_to_table(
                    "candles", source=BytesIO(text), columns=CANDLES.columns, format="text"
                )

        found: dict[str, list[float]] = {}
        for _ in range(rounds):
            for name, work, emptied in (
                ("raw COPY", raw, True),
                ("empty range, 1 writer", lambda: write(pool, pages, 1, empty=True), True),
                ("upsert, 1 writer", lambda: write(pool, pages, 1, empty=False), False),
                ("empty range, 2 writers", lambda: write(pool, pages, 2, empty=True), True),
                ("upsert, 2 writers", lambda: write(pool, pages, 2, empty=False), False),
            ):
                if emptied:
                    await pool.execute("TRUNCATE candles, coverage")
                found.setdefault(name, []).append(rows / await timed(work))
        return found


def main() -> None:
    """Measure in a fresh database and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=45_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    title = f"{arguments.rows:,} candles; {load_note()}"
    with fresh_database() as url:
        found = asyncio.run(measure(url, arguments.rows, arguments.rounds))
    raw = statistics.median(found["raw COPY"])
    table = Table("way", "rows/s (median)", "× raw COPY", title=title)
    for way, rates in found.items():
        median = statistics.median(rates)
        table.add_row(way, f"{median:,.0f}", f"{median / raw:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
