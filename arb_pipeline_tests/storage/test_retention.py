"""Old chunks are dropped, young ones and other tables are not, and nobody is held up."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from arb_pipeline.storage import retention
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.retention import Dropped, TableInUseError, drop_old, old_chunks
from arb_pipeline_tests.storage.rows import ROWS

TABLE = "book_ticker_snapshots"  # chunks of 30 minutes
START = datetime(2026, 1, 1, tzinfo=UTC)
FILL = (
    "INSERT INTO book_ticker_snapshots (timestamp, symbol_id, bid_price, bid_qty, ask_price, "
    "ask_qty) SELECT t, 1, 1, 1, 2, 1 FROM generate_series($1::timestamptz, $2, '10 minutes') AS t"
)


@pytest.fixture
async def filled(pool: Pool) -> Pool:
    """A day and a half of rows, six of them an hour, and a candle as old as they."""
    await pool.execute(ROWS["symbols"])
    await pool.execute(ROWS["candles"])
    await pool.execute(FILL, START, START + timedelta(hours=36, minutes=-10))
    return pool


async def _count(pool: Pool) -> int:
    count: int = await pool.fetchval(f"SELECT count(*) FROM {TABLE}")
    return count


async def test_what_ends_before_goes_and_is_reported(filled: Pool) -> None:
    await filled.execute(f"ANALYZE {TABLE}")
    cutoff = START + timedelta(days=1, minutes=45)  # within a chunk, which stays whole
    async with filled.acquire() as connection:
        dropped = (await drop_old(connection, TABLE, cutoff)).chunks
        assert await old_chunks(connection, TABLE, cutoff) == []
    assert len(dropped) == 48 + 1
    assert (dropped[0].start_at, dropped[-1].end_at) == (
        START,
        START + timedelta(days=1, minutes=30),
    )
    assert all(chunk.bytes > 0 for chunk in dropped)
    assert sum(chunk.row_count or 0 for chunk in dropped) == 3 * len(dropped)
    oldest = await filled.fetchval(f"SELECT min(timestamp) FROM {TABLE}")
    assert oldest == START + timedelta(days=1, minutes=30)
    assert await filled.fetchval("SELECT count(*) FROM candles") == 1


async def test_a_second_time_there_is_nothing_to_drop(filled: Pool) -> None:
    async with filled.acquire() as connection:
        dropped = await drop_old(connection, TABLE, START + timedelta(days=1))
        assert (len(dropped.chunks), dropped.rows) == (48, 0)
        assert await drop_old(connection, TABLE, START + timedelta(days=1)) == Dropped()
    assert await _count(filled) == 72


@pytest.mark.parametrize("table", ["symbols", "no_such_table", 'x"; DROP TABLE candles; --'])
async def test_what_is_no_hypertable_is_left_alone(pool: Pool, table: str) -> None:
    await pool.execute(ROWS["symbols"])
    await pool.execute(ROWS["candles"])
    async with pool.acquire() as connection:
        assert await drop_old(connection, table, datetime.now(tz=UTC)) == Dropped()
    assert await pool.fetchval("SELECT count(*) FROM symbols") == 2
    assert await pool.fetchval("SELECT count(*) FROM candles") == 1


async def test_readers_are_not_made_to_wait_behind_it(
    filled: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_LOCK_TIMEOUT", "100ms")
    monkeypatch.setattr(retention, "_PAUSE_SECONDS", 0.2)
    monkeypatch.setattr(retention, "_ATTEMPTS", 50)  # it must not give up before we have read
    async with filled.acquire() as busy, filled.acquire() as connection:
        transaction = busy.transaction()
        await transaction.start()
        await busy.fetch("SELECT * FROM symbols FOR KEY SHARE")  # as an unfinished insert does
        dropping = asyncio.create_task(drop_old(connection, TABLE, START + timedelta(days=1)))
        for _ in range(10):
            await asyncio.wait_for(filled.fetch("SELECT * FROM symbols"), 10)
            await asyncio.sleep(0.02)
        assert not dropping.done()
        await transaction.rollback()
        assert len((await asyncio.wait_for(dropping, 10)).chunks) == 48


async def test_a_table_in_use_for_long_is_named(
    filled: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_LOCK_TIMEOUT", "20ms")
    monkeypatch.setattr(retention, "_PAUSE_SECONDS", 0.01)
    async with filled.acquire() as busy, filled.acquire() as connection, busy.transaction():
        await busy.fetch("SELECT * FROM symbols FOR KEY SHARE")
        with pytest.raises(TableInUseError, match=rf"{TABLE} is in use.*0 chunks were dropped"):
            await drop_old(connection, TABLE, START + timedelta(days=1))
    assert await _count(filled) == 216


async def test_dropped_trades_are_out_of_reach_neither_present_nor_missing(filled: Pool) -> None:
    """In the transaction that drops them; what is kept, and other data sets, stay as they are."""
    await filled.execute(
        "INSERT INTO trade_snapshots (timestamp, symbol_id, price, quantity, side, trade_id) "
        "SELECT t, 1, 1, 1, 'buy', '1' "
        "FROM generate_series($1::timestamptz, $2, '10 minutes') AS t",
        START,
        START + timedelta(hours=36),
    )
    await filled.execute(
        "INSERT INTO coverage (symbol_id, data_set, timeframe, day, present, absent) "
        "SELECT 1, k.data_set, k.timeframe, d::date, "
        "tstzmultirange(tstzrange(d, d + '20 hours')), "
        "tstzmultirange(tstzrange(d + '20 hours', d + '21 hours')) "
        "FROM (VALUES ('trades', ''), ('candles', '1m')) AS k (data_set, timeframe), "
        "generate_series($1::timestamptz, $1 + '1 day', '1 day') AS d",
        START,
    )
    async with filled.acquire() as connection:
        await drop_old(connection, "trade_snapshots", START + timedelta(hours=30, minutes=5))
    known = (
        "SELECT data_set, seconds_of(present)::int / 3600, seconds_of(absent)::int / 3600, "
        "seconds_of(unreachable)::int / 3600 FROM coverage ORDER BY data_set, day"
    )
    assert [tuple(row) for row in await filled.fetch(known)] == [
        ("candles", 20, 1, 0),
        ("candles", 20, 1, 0),
        ("trades", 0, 0, 24),
        ("trades", 14, 1, 6),
    ]
    version = await filled.fetch("SELECT xmin::text FROM coverage ORDER BY 1")
    async with filled.acquire() as connection:
        assert await drop_old(connection, "trade_snapshots", START) == Dropped()
    assert await filled.fetch("SELECT xmin::text FROM coverage ORDER BY 1") == version
