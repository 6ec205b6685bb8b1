"""What the checks of single tables accept and refuse."""

from __future__ import annotations

from decimal import Decimal

import asyncpg
import pytest

from arb_pipeline.model import TIMEFRAMES, DataSet
from arb_pipeline.storage.database import Pool
from arb_pipeline_tests.storage.rows import ROWS

CANDLE = "INSERT INTO candles VALUES (1, $1, $2::text::timestamptz, $3, $4, $5, $6, $7)"
COVERAGE = (
    "INSERT INTO coverage (symbol_id, data_set, timeframe, day, present, absent) "
    "VALUES (1, $1, $2, '2026-01-02', $3::text::tstzmultirange, $4::text::tstzmultirange)"
)
BALANCE = (
    "INSERT INTO balance_snapshots (timestamp, exchange_id, asset_name, available_balance, "
    "locked_balance, borrowing_balance) VALUES ($1::text::timestamptz, 1, $2, $3, $4, $5)"
)
REJECTED = (
    "INSERT INTO rejected_records (data_set, exchange_id, reason, payload) "
    "VALUES ('symbols', 1, $1, 'x')"
)


@pytest.fixture(autouse=True)
async def _two_symbols(pool: Pool) -> None:
    await pool.execute(ROWS["symbols"])


async def test_candles_keep_every_digit_of_every_timeframe(pool: Pool) -> None:
    price = Decimal("12345678901234567890.00000000000000000000123")
    for name in TIMEFRAMES:
        await pool.execute(CANDLE, name, "2026-01-01Z", price, price, price, price, Decimal(0))
    rows = await pool.fetch("SELECT DISTINCT open FROM candles")
    assert [str(row["open"]) for row in rows] == [str(price)]


@pytest.mark.parametrize(
    ("timeframe", "at", "prices", "volume", "constraint"),
    [
        ("2m", "2026-01-01Z", "2 3 1 2", "1", "chk_timeframe"),
        ("1m", "2009-01-02T23:59:59Z", "2 3 1 2", "1", "chk_valid_timestamp"),
        ("1m", "infinity", "2 3 1 2", "1", "chk_valid_timestamp"),
        ("1m", "2026-01-01Z", "0 3 0 2", "1", "chk_positive_prices"),
        ("1m", "2026-01-01Z", "2 3 2.5 2", "1", "chk_low_is_lowest"),
        ("1m", "2026-01-01Z", "2 1.5 1 1.2", "1", "chk_high_is_highest"),
        ("1m", "2026-01-01Z", "2 3 1 2", "-0.1", "chk_volume"),
    ],
)
async def test_insane_candles(
    pool: Pool, timeframe: str, at: str, prices: str, volume: str, constraint: str
) -> None:
    numbers = [Decimal(price) for price in prices.split()]
    with pytest.raises(asyncpg.CheckViolationError) as caught:
        await pool.execute(CANDLE, timeframe, at, *numbers, Decimal(volume))
    assert caught.value.constraint_name == constraint


@pytest.mark.parametrize("table", ["candles", "trade_snapshots"])
async def test_rows_of_unknown_symbols_are_refused(pool: Pool, table: str) -> None:
    await pool.execute("DELETE FROM symbols")
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await pool.execute(ROWS[table])


async def test_coverage_takes_the_data_sets_of_the_code_and_a_whole_day(pool: Pool) -> None:
    day = "{[2026-01-02T00:00Z,2026-01-03T00:00Z)}"
    for data_set in DataSet:
        timeframe = "1m" if data_set is DataSet.CANDLES else ""
        await pool.execute(COVERAGE, data_set.value, timeframe, day, "{}")


@pytest.mark.parametrize(
    ("data_set", "timeframe", "present", "absent", "constraint"),
    [
        ("trades", "", "{[2026-01-01T23:59Z,2026-01-02T01:00Z)}", "{}", "chk_within_day"),
        ("trades", "", "{}", "{[2026-01-02T23:00Z,2026-01-03T00:01Z)}", "chk_within_day"),
        ("trades", "", "{[2026-01-02T01:00Z,)}", "{}", "chk_within_day"),
        (
            "trades", "", "{[2026-01-02T01:00Z,2026-01-02T02:00Z)}",
            "{[2026-01-02T01:59Z,2026-01-02T03:00Z)}", "chk_disjoint",
        ),
        ("trades", "1m", "{}", "{}", "chk_timeframe_of_candles"),
        ("candles", "", "{}", "{}", "chk_timeframe_of_candles"),
        ("candels", "", "{}", "{}", "chk_data_set"),
    ],
)  # fmt: skip
async def test_impossible_coverage(
    pool: Pool, data_set: str, timeframe: str, present: str, absent: str, constraint: str
) -> None:
    async with pool.acquire() as connection:
        for zone in ("UTC", "Pacific/Kiritimati", "America/Los_Angeles"):
            await connection.execute(f"SET timezone TO '{zone}'")
            with pytest.raises(asyncpg.CheckViolationError) as caught:
                await connection.execute(COVERAGE, data_set, timeframe, present, absent)
            assert caught.value.constraint_name == constraint


async def test_balances_add_up_exactly(pool: Pool) -> None:
    one, other = Decimal("0.123456789012345678"), Decimal("12345678901234567890.1")
    await pool.execute(BALANCE, "2026-01-01Z", "币安人生", one, other, None)
    total = await pool.fetchval("SELECT total_balance FROM balance_snapshots")
    assert str(total) == "12345678901234567890.223456789012345678"


@pytest.mark.parametrize(
    ("at", "asset", "available", "borrowed", "constraint"),
    [
        ("2019-12-31T23:59:59Z", "BTC", 1, None, "chk_valid_timestamp"),
        ("2026-01-01Z", "", 1, None, "chk_valid_asset_name"),
        ("2026-01-01Z", "A" * 65, 1, None, "chk_valid_asset_name"),
        ("2026-01-01Z", "A B", 1, None, "chk_valid_asset_name"),
        ("2026-01-01Z", "A\u00a0B", 1, None, "chk_valid_asset_name"),
        ("2026-01-01Z", "A\u3000B", 1, None, "chk_valid_asset_name"),
        ("2026-01-01Z", "A\x85B", 1, None, "chk_valid_asset_name"),
        ("2026-01-01Z", "A\tB", 1, None, "chk_valid_asset_name"),
        ("2026-01-01Z", "A\x7f", 1, None, "chk_valid_asset_name"),
        ("2026-01-01Z", "BTC", -1, None, "chk_positive_balances"),
        ("2026-01-01Z", "BTC", 1, -1, "chk_positive_balances"),
    ],
)
async def test_impossible_balances(
    pool: Pool, at: str, asset: str, available: int, borrowed: int | None, constraint: str
) -> None:
    with pytest.raises(asyncpg.CheckViolationError) as caught:
        await pool.execute(BALANCE, at, asset, Decimal(available), Decimal(0), borrowed)
    assert caught.value.constraint_name == constraint


@pytest.mark.parametrize("name", ["币安人生", "USDC-TRX", "GTC_HT", "$ANON", "A" * 64, "人" * 64])
async def test_names_the_exchanges_really_list(pool: Pool, name: str) -> None:
    await pool.execute(BALANCE, "2026-01-01Z", name, Decimal(1), Decimal(0), None)
    await pool.execute("UPDATE symbols SET exchange_symbol = $1 WHERE id = 1", name)


async def test_one_rejected_row_is_kept_once(pool: Pool) -> None:
    await pool.execute(REJECTED, "人" * 500)
    with pytest.raises(asyncpg.UniqueViolationError):
        await pool.execute(REJECTED, "人" * 500)
    await pool.execute(REJECTED, "another reason")
    with pytest.raises(asyncpg.CheckViolationError):
        await pool.execute(REJECTED, "")


async def test_an_opportunity_names_each_symbol_with_its_own_exchange(pool: Pool) -> None:
    await pool.execute(ROWS["arbitrage_opportunities"])
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await pool.execute("UPDATE arbitrage_opportunities SET sell_exchange_id = 3")


async def test_named_views_show_every_row(pool: Pool) -> None:
    for table, statement in ROWS.items():
        if table != "symbols":
            await pool.execute(statement)
    views = await pool.fetch("SELECT viewname FROM pg_views WHERE schemaname = 'public'")
    for row in views:
        assert await pool.fetchval(f"SELECT count(*) FROM {row['viewname']}") == 1, row
    funding = await pool.fetchrow("SELECT exchange, symbol FROM funding_rate_snapshots_named")
    assert funding is not None
    assert tuple(funding) == ("BINANCE_FUTURES", "BTC/USDT")
