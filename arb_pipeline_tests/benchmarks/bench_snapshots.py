"""Milliseconds to store and to ask samples, beside raw SQL on the same rows in the same run.

Run: ``python -m arb_pipeline_tests.benchmarks.bench_snapshots [--rounds 60] [--days 14]``. Needs a
database: the configured one, or the embedded one is started. Works in a database of its own, which
it drops. Fills it with balances of 7 exchanges × 50 assets every 5 minutes for some days, and book
tickers of 20 symbols per exchange every minute for 3 days (about a minute), then measures each way
in turn, round by round, and compares medians. Raw is the least that could do: one statement over
the same connection, nothing judged, nothing counted, no frames.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from itertools import count

import asyncpg
import psutil
from rich.console import Console
from rich.table import Table

from arb_pipeline.model import DAY_MS, DataSet, Exchange, now_ms
from arb_pipeline.model.snapshots import BalanceSnapshot, BookTicker, SnapshotPage
from arb_pipeline.storage import queries
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.database import Connection, connect
from arb_pipeline.storage.snapshots import store_balances, store_snapshots
from arb_pipeline_tests.benchmarks.parts import fresh_database, load_note
from arb_pipeline_tests.benchmarks.sampled_tables import (
    COLUMNS,
    FROM_STAGING,
    RAW_BOOKS,
    RAW_HISTORY,
    RAW_LATEST,
    RAW_LATEST_BOOKS,
    RAW_STORE,
    fill,
)

ROWS = 100
WARMING = 5  # rounds for imports, caches and plans
THRESHOLD = Decimal("0.0001")
AMOUNT = Decimal("1234.567890123456789012")
# Samples are stored a second apart, from an hour ahead on: beyond what is asked.
_seconds = count(3600)

Ways = dict[str, tuple[str, Callable[[], Awaitable[object]]]]


def ways(connection: Connection, symbols: Sequence[int]) -> Ways:
    """What is measured: name, goal and work."""
    names = [f"COIN{index}" for index in range(ROWS)]
    ones = [1] * ROWS
    exchange, bybit = Exchange.BINANCE_SPOT, [Exchange.BYBIT_SPOT]
    began = now_ms()

    def fresh() -> int:
        return began + next(_seconds) * 1000

    async def balances() -> object:
        at = fresh()
        rows = [BalanceSnapshot(1, at, name, AMOUNT) for name in names]
        page = SnapshotPage(exchange, DataSet.BALANCES, rows)
        return await store_balances(connection, page, 1, THRESHOLD)

    async def raw_balances() -> object:
        times = [to_datetime(fresh())] * ROWS
        amounts = [AMOUNT] * ROWS
        return await connection.execute(RAW_STORE, ones, names, times, amounts, amounts)

    async def staged_balances() -> object:
        at = to_datetime(fresh())
        async with connection.transaction():
            await connection.copy_records_to_table(
                "staging", records=[(1, name, at, AMOUNT, AMOUNT) for name in names],
                columns=COLUMNS,
            )  # fmt: skip
            await connection.execute(FROM_STAGING)
            return await connection.execute("TRUNCATE staging")

    async def books() -> object:
        at, one = fresh(), Decimal(1)
        rows = [BookTicker(symbol, at, one, one, Decimal(2), one) for symbol in symbols[:ROWS]]
        return await store_snapshots(
            connection, SnapshotPage(exchange, DataSet.BOOK_TICKERS, rows), 1
        )

    async def raw_books() -> object:
        times = [to_datetime(fresh())] * ROWS
        return await connection.execute(RAW_BOOKS, symbols[:ROWS], times)

    since = to_datetime(began - DAY_MS)
    asset = "ASSET7"
    return {
        f"store {ROWS} balances": ("< 5", balances),
        "  raw: INSERT the history only": ("", raw_balances),
        "  raw: COPY to staging, INSERT": ("", staged_balances),
        f"store {ROWS} book tickers": ("", books),
        "  raw: one INSERT": ("", raw_books),
        "latest balances, all 350": ("< 3", lambda: queries.latest_balances(connection)),
        "latest balances of an exchange": (
            "< 3", lambda: queries.latest_balances(connection, bybit),
        ),
        "latest balance of one asset there": (
            "< 3", lambda: queries.latest_balances(connection, bybit, [asset]),
        ),
        "  raw: DISTINCT ON of 15 minutes": ("", lambda: connection.fetch(RAW_LATEST)),
        "24 h of an asset of an exchange": (
            "< 10", lambda: queries.balance_history(connection, asset, 24, bybit[0]),
        ),
        "  raw: its 288 rows": ("", lambda: connection.fetch(RAW_HISTORY, 6, since)),
        "24 h of an asset of all seven": (
            "< 10", lambda: queries.balance_history(connection, asset, 24),
        ),
        "latest 100 book tickers of a symbol": (
            "< 5", lambda: queries.latest_book_tickers(connection, [symbols[7]], 100),
        ),
        "  raw: the view, latest 100": (
            "", lambda: connection.fetch(RAW_LATEST_BOOKS, symbols[7]),
        ),
    }  # fmt: skip


async def measure(url: str, rounds: int, days: int) -> tuple[list[tuple[str, ...]], str]:
    """The lines of the table, and what lies in the tables of the database."""
    connection = await connect(url)
    try:
        filled = await fill(connection, days)
        symbols = [row["id"] for row in await connection.fetch("SELECT id FROM symbols")]
        memory = psutil.Process().memory_info().rss
        lines = await _timed(connection, ways(connection, symbols), rounds)
        grown = (psutil.Process().memory_info().rss - memory) / 2**20
        return lines, f"{filled}; {rounds} rounds, memory grew by {grown:.1f} MB"
    finally:
        await connection.close()


async def _timed(
    connection: asyncpg.Connection[asyncpg.Record], work: Ways, rounds: int
) -> list[tuple[str, ...]]:
    """Medians of each way: altogether, and from sending statements to having their answers."""
    total: dict[str, list[float]] = {name: [] for name in work}
    inside: dict[str, list[float]] = {name: [] for name in work}
    spent: list[float] = []
    with connection.query_logger(lambda query: spent.append(query.elapsed)):
        for number in range(-WARMING, rounds):
            for name, (_, one) in work.items():
                spent.clear()
                started = time.perf_counter()
                await one()
                ended = time.perf_counter()
                await asyncio.sleep(0)  # the driver tells of its statements a moment later
                if number >= 0:
                    total[name].append((ended - started) * 1000)
                    inside[name].append(sum(spent) * 1000)
    return [
        (
            name,
            goal,
            f"{statistics.median(inside[name]):.2f}",
            f"{statistics.median(total[name]):.2f}",
            f"{statistics.quantiles(total[name], n=10)[-1]:.2f}",
        )
        for name, (goal, _) in work.items()
    ]


def main() -> None:
    """Measure in a fresh database and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--days", type=int, default=14)
    arguments = parser.parse_args()
    note = load_note()
    with fresh_database() as url:
        lines, filled = asyncio.run(measure(url, arguments.rounds, arguments.days))
    heads = ("way", "goal, ms", "in the database", "altogether", "90 % within")
    table = Table(*heads, title=f"{filled}; {note}")
    for line in lines:
        table.add_row(*line)
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
