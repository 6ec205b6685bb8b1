"""No candle and no trade without its symbol, though no foreign key looks at each row."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from arb_pipeline.storage.database import Pool
from arb_pipeline_tests.storage.pages import an_instrument

VALUES = {
    "candles": "'1m', '2026-01-01', 1, 1, 1, 1, 1",
    "trade_snapshots": "'2026-01-01', 1, 1, 'buy', '7'",
}
COLUMNS = {
    "candles": "timeframe, timestamp, open, high, low, close, volume",
    "trade_snapshots": "timestamp, price, quantity, side, trade_id",
}
STRANGER = 2_000_000_000


async def put(connection: Any, table: str, symbol_id: int, more: str = "") -> None:
    await connection.execute(
        f"INSERT INTO {table} (symbol_id, {COLUMNS[table]}) "
        f"VALUES ({symbol_id}, {VALUES[table]}) {more}"
    )


@pytest.mark.parametrize("table", VALUES)
async def test_rows_of_symbols_that_do_not_exist_are_refused(pool: Pool, table: str) -> None:
    symbol_id = (await an_instrument(pool)).symbol_id
    await put(pool, table, symbol_id)
    statements = [
        f"INSERT INTO {table} (symbol_id, {COLUMNS[table]}) VALUES ({STRANGER}, {VALUES[table]})",
        f"UPDATE {table} SET symbol_id = {STRANGER}",
        f"INSERT INTO {table} (symbol_id, {COLUMNS[table]}) VALUES ({symbol_id}, {VALUES[table]}) "
        f"ON CONFLICT (symbol_id, {'timeframe' if table == 'candles' else 'trade_id'}, timestamp) "
        f"DO UPDATE SET symbol_id = {STRANGER}",
    ]
    for statement in statements:
        with pytest.raises(asyncpg.ForeignKeyViolationError, match=str(STRANGER)) as caught:
            await pool.execute(statement)
        assert caught.value.constraint_name == f"fk_{table}_symbol"
        assert caught.value.table_name == table
    assert await pool.fetchval(f"SELECT array_agg(symbol_id) FROM {table}") == [symbol_id]


@pytest.mark.parametrize("table", VALUES)
async def test_a_symbol_with_rows_stays(pool: Pool, table: str) -> None:
    used, unused = await an_instrument(pool), await an_instrument(pool, "ETHUSDT")
    await put(pool, table, used.symbol_id)
    for statement in (
        f"DELETE FROM symbols WHERE id = {used.symbol_id}",
        f"UPDATE symbols SET id = DEFAULT WHERE id = {used.symbol_id}",
        "TRUNCATE symbols CASCADE",
    ):
        with pytest.raises(asyncpg.ForeignKeyViolationError) as caught:
            await pool.execute(statement)
        assert caught.value.constraint_name == f"fk_{table}_symbol"
    await pool.execute("DELETE FROM symbols WHERE id = $1", unused.symbol_id)


async def test_storing_and_deleting_at_once_leaves_no_orphan(pool: Pool) -> None:
    symbol_id = (await an_instrument(pool)).symbol_id
    delete = f"DELETE FROM symbols WHERE id = {symbol_id}"
    async with pool.acquire() as first, pool.acquire() as second:
        storing = first.transaction()
        await storing.start()
        await put(first, "candles", symbol_id)
        deleting = asyncio.create_task(second.execute(delete))
        await waited_for(pool, first)
        await storing.commit()
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await deleting

        await pool.execute("DELETE FROM candles")
        taking_away = first.transaction()
        await taking_away.start()
        await first.execute(delete)
        late = asyncio.create_task(put(second, "candles", symbol_id))
        await waited_for(pool, first)
        await taking_away.commit()
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await late


async def waited_for(pool: Pool, connection: Any) -> None:
    """Return as soon as somebody waits for the connection's transaction."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))"
    for _ in range(500):
        if await pool.fetchval(waiting, connection.get_server_pid()):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("nobody waits")


async def test_nobody_deletes_symbols_under_an_old_snapshot(pool: Pool) -> None:
    symbol_id = (await an_instrument(pool)).symbol_id
    async with pool.acquire() as connection:
        with pytest.raises(asyncpg.InvalidTransactionStateError):
            async with connection.transaction(isolation="repeatable_read"):
                await connection.execute("DELETE FROM symbols WHERE id = $1", symbol_id)
