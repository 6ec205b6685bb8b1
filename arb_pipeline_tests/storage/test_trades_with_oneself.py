"""Both fills of a trade with oneself are stored, told apart, and booked in one order."""

from __future__ import annotations

from typing import Any

import pytest

from arb_pipeline.model import DataSet, HistoryPage, Instrument, Interval
from arb_pipeline.storage import migrations
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.migration_files import MigrationError, load
from arb_pipeline.storage.portfolio import spot_fills
from arb_pipeline.storage.writer import PageWriter
from arb_pipeline.storage.written import Counts
from arb_pipeline_tests.storage.pages import MINUTE, START, an_instrument

WINDOW = Interval(START, START + MINUTE)
SOLD = (START, "2", "1", "sell", "77", "9", "2", "0.1", "USDT", True)
BOUGHT = (START, "2", "1", "buy", "77", "10", "2", "0.2", "USDT", False)
LATER = (START + 1, "2", "1", "buy", "78", "11", "2", "0.2", "USDT", False)
STORED = (
    "SELECT array_agg(concat_ws(' ', side, order_id, fee) ORDER BY order_id) FROM account_trades"
)
BOTH = ["buy 10 0.2", "buy 11 0.2", "sell 9 0.1"]
# The schema in which an id alone was the key.
BEFORE = next(one.version for one in load() if one.name == "trades_with_oneself") - 1


async def put(pool: Pool, one: Instrument, *rows: tuple[Any, ...]) -> Counts:
    """Write a page of own fills; what became of them."""
    page = HistoryPage(one, DataSet.ACCOUNT_TRADES, WINDOW, rows=rows, present=[WINDOW])
    async with PageWriter(pool) as writer:
        written = await writer.write(page)
    assert not written.rejected
    (counts,) = written.days.values()
    return counts


async def test_both_sides_are_stored_and_a_replay_changes_nothing(pool: Pool) -> None:
    one = await an_instrument(pool)
    assert await put(pool, one, SOLD, BOUGHT, LATER) == Counts(inserted=3)
    assert await pool.fetchval(STORED) == BOTH
    version = "SELECT array_agg(xmin::text || ctid::text) FROM account_trades"
    before = await pool.fetchval(version)
    assert await put(pool, one, BOUGHT, SOLD, LATER) == Counts(unchanged=3)
    assert await pool.fetchval(version) == before
    # The other side may come later, and each is corrected for itself.
    await pool.execute("DELETE FROM account_trades WHERE side = 'sell'")
    corrected = (*BOUGHT[:7], "0.3", *BOUGHT[8:])
    assert await put(pool, one, corrected, SOLD) == Counts(inserted=1, updated=1)
    assert await pool.fetchval(STORED) == ["buy 10 0.3", *BOTH[1:]]


async def test_both_are_booked_and_the_purchase_comes_first(pool: Pool) -> None:
    one = await an_instrument(pool)
    exchange_id = await pool.fetchval("SELECT exchange_id FROM symbols")
    await put(pool, one, SOLD, BOUGHT, LATER)
    async with pool.acquire() as connection, connection.transaction():
        found = [
            row["is_sale"]
            async for rows in spot_fills(connection, exchange_id, None, WINDOW.end, batch=2)
            for row in rows
        ]
    assert found == [False, True, False]


async def test_a_rollback_does_not_drop_one_side_silently(pool: Pool, database_url: str) -> None:
    one = await an_instrument(pool)
    await put(pool, one, SOLD, LATER)
    await migrations.rollback(database_url, to=BEFORE)
    await migrations.migrate(database_url)
    assert await put(pool, one, SOLD, BOUGHT, LATER) == Counts(inserted=1, unchanged=2)
    with pytest.raises(MigrationError, match=r"both sides.*--allow-data-loss"):
        await migrations.rollback(database_url, to=BEFORE)
    assert await pool.fetchval(STORED) == BOTH
    await migrations.rollback(database_url, to=BEFORE, allow_data_loss=True)
    assert await pool.fetchval(STORED) == BOTH[:2]
