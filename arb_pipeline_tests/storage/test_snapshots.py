"""Samples of books, tickers and funding on a real TimescaleDB."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from decimal import Decimal

import asyncpg
import pytest

from arb_pipeline.model import DataSet, Exchange, Interval, Rejection, now_ms
from arb_pipeline.model.snapshots import BookTicker, FundingRate, Snapshot, SnapshotPage, Ticker
from arb_pipeline.storage import queries
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.snapshots import SnapshotCounts, store_snapshots
from arb_pipeline_tests.storage.pages import an_instrument
from arb_pipeline_tests.storage.samples import MINUTE, START, book, books

HOUR = Interval(START, START + 60 * MINUTE)
EXACT = Decimal("12345678901234567890.000000000000000000123")


async def store(pool: Pool, page: SnapshotPage[BookTicker]) -> SnapshotCounts:
    async with pool.acquire() as connection:
        return await store_snapshots(connection, page, 1)


async def symbols(pool: Pool, count: int) -> list[int]:
    return [(await an_instrument(pool, f"S{index}")).symbol_id for index in range(count)]


async def test_every_column_comes_back_as_it_was_given(pool: Pool) -> None:
    symbol = (await an_instrument(pool)).symbol_id
    ticks = BookTicker(symbol, START, EXACT, Decimal("1E-9"), EXACT, Decimal("0.50"), 7, START - 5)
    ticker = Ticker(
        symbol, START, EXACT, Decimal(9), Decimal(8), Decimal(7), None, EXACT, Decimal(5), None
    )
    never = Ticker(symbol, START + 1, None)
    rate = FundingRate(
        symbol, START, Decimal("-0.000000012345678901234567"), START + 5, START + 9, False,
        Decimal(4), EXACT, None, START - 1,
    )  # fmt: skip
    paid = replace(rate, is_settled=True, next_funding_time=None)
    exchange = Exchange.BINANCE_FUTURES
    async with pool.acquire() as connection:
        for page in (
            SnapshotPage(exchange, DataSet.BOOK_TICKERS, [ticks]),
            SnapshotPage(exchange, DataSet.TICKERS, [ticker, never]),
            SnapshotPage(exchange, DataSet.FUNDING_RATES, [rate, paid]),
        ):
            counts = await store_snapshots(connection, page, 1)
            assert (counts.stored, counts.unchanged, counts.rejected) == (len(page.rows), 0, 0)
        found = [
            await queries.book_tickers(connection, [symbol], HOUR),
            await queries.tickers(connection, [symbol], HOUR),
            await queries.funding_rates(connection, [symbol], HOUR),
        ]
    given_rows: list[list[Snapshot]] = [[ticks], [ticker, never], [rate, paid]]
    for table, rows in zip(found, given_rows, strict=True):
        for index, row in enumerate(rows):
            for name in row.__dataclass_fields__:
                value, given = table[name].iloc[index], getattr(row, name)
                if given is None:
                    assert value is None or value != value, name
                elif "time" in name:
                    assert round(value.timestamp() * 1000) == given, name
                else:
                    assert str(value) == str(given), name


async def test_the_same_sample_twice_adds_nothing(pool: Pool) -> None:
    ids = await symbols(pool, 3)
    page = books([book(symbol) for symbol in ids])
    assert (await store(pool, page)).stored == 3
    page.rows = [*page.rows, book(ids[0], minute=1)]
    again = await store(pool, page)
    assert (again.stored, again.unchanged, again.rejected) == (1, 3, 0)
    assert await pool.fetchval("SELECT count(*) FROM book_ticker_snapshots") == 4


async def test_two_processes_that_store_the_same_sample_do_not_double_it(pool: Pool) -> None:
    ids = await symbols(pool, 50)
    page = books([book(symbol) for symbol in ids])
    turned = books([book(symbol) for symbol in reversed(ids)])
    counts = await asyncio.gather(store(pool, page), store(pool, page), store(pool, turned))
    assert sum(one.stored for one in counts) == 50
    assert sum(one.unchanged for one in counts) == 100


async def test_what_the_schema_refuses_is_kept_and_the_rest_is_stored(pool: Pool) -> None:
    ids = await symbols(pool, 40)
    rows = [book(symbol) for symbol in ids]
    rows[3] = book(ids[3], bid="0")
    rows[20] = book(ids[20], ask="NaN")
    rows[21] = replace(rows[21], ask_qty=Decimal(-1))
    rows[39] = replace(rows[39], sequence_number=10**30)
    rows[38] = book(ids[38], bid="Infinity")
    before = (ids[0], Rejection('["x"]', "its time is 3600 s ahead of the time of receipt", START))
    unknown = (None, Rejection("{}", "no symbol"))
    counts = await store(pool, books(rows, [before, unknown]))
    assert (counts.stored, counts.rejected) == (35, 7)
    kept = await pool.fetch("SELECT * FROM rejected_records")
    assert {row["exchange_id"] for row in kept} == {1}
    reasons = {row["symbol_id"]: row["reason"] for row in kept}
    assert reasons[ids[3]] == reasons[ids[20]] == reasons[ids[38]] == "violates chk_positive_prices"
    assert reasons[ids[21]] == "violates chk_quantities"
    assert "value out of int64 range" in reasons[ids[39]]
    assert reasons[ids[0]] == before[1].reason
    assert reasons[None] == "no symbol"
    payload = json.loads(next(row["payload"] for row in kept if row["symbol_id"] == ids[20]))
    assert (payload["ask_price"], payload["bid_price"]) == ("NaN", "99.5")


async def test_what_is_refused_with_every_sample_is_counted(pool: Pool) -> None:
    ids = await symbols(pool, 2)
    for minute in range(3):
        await store(pool, books([book(ids[0], minute), book(ids[1], minute, bid="-1")]))
    async with pool.acquire() as connection:
        found = await queries.rejections(connection, DataSet.BOOK_TICKERS, ids, HOUR)
        assert [(row["symbol_id"], row["occurrences"]) for row in found] == [(ids[1], 3)]
        whole = Interval(0, 10**13)
        found = await queries.exchange_rejections(connection, DataSet.BOOK_TICKERS, [1], whole)
        assert [(row["symbol_id"], row["occurrences"]) for row in found] == [(ids[1], 3)]
        assert not await queries.exchange_rejections(connection, DataSet.BALANCES, [1], whole)
        assert not await queries.exchange_rejections(connection, DataSet.BOOK_TICKERS, [2], whole)


async def test_two_rows_of_one_symbol_that_differ(pool: Pool) -> None:
    (symbol,) = await symbols(pool, 1)
    counts = await store(pool, books([book(symbol), book(symbol), book(symbol, bid="98")]))
    assert (counts.stored, counts.unchanged, counts.rejected) == (1, 0, 1)
    assert counts.refused[0][0] == symbol


async def test_an_empty_sample_is_no_error(pool: Pool) -> None:
    assert (await store(pool, books([]))).stored == 0


async def test_a_sample_of_an_unknown_symbol_is_an_error_and_nothing_is_stored(pool: Pool) -> None:
    (symbol,) = await symbols(pool, 1)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await store(pool, books([book(symbol), book(symbol + 1)]))
    assert await pool.fetchval("SELECT count(*) FROM book_ticker_snapshots") == 0


async def test_the_latest_of_each_symbol_by_name(pool: Pool) -> None:
    ids = await symbols(pool, 3)
    rows = [book(symbol, minute) for symbol in ids[:2] for minute in range(5)]
    await store(pool, books([*rows, book(ids[1], 5, bid="1")]))
    async with pool.acquire() as connection:
        # Long ago: found all the same, however far back the newest are.
        found = await queries.latest_book_tickers(connection, [*ids, ids[0]], 2)
        assert list(found["exchange_symbol"]) == ["S0", "S0", "S1", "S1"]
        assert set(found["exchange"]) == {"BINANCE_SPOT"}
        assert list(found["bid_price"]) == [Decimal("99.5")] * 2 + [Decimal(1), Decimal("99.5")]
        minutes = [round(at.timestamp() * 1000 - START) // MINUTE for at in found["timestamp"]]
        assert minutes == [4, 3, 5, 4]
        assert (await queries.latest_book_tickers(connection, [], 2)).empty
        # Of just now: the short way gives what the long way does.
        now = now_ms()
        await store(pool, books([replace(book(symbol), timestamp=now) for symbol in ids]))
        found = await queries.latest_book_tickers(connection, ids, 1)
        assert list(found["symbol_id"]) == ids
        assert {round(at.timestamp() * 1000) for at in found["timestamp"]} == {now}
