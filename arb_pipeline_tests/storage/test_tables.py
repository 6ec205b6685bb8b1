"""``validate``: every way the live schema can differ is said in words."""

from __future__ import annotations

import pytest

from arb_pipeline.storage.database import Pool, connect
from arb_pipeline.storage.tables import expected, validate


async def _differences(pool: Pool) -> list[str]:
    async with pool.acquire() as connection:
        return await validate(connection)


async def test_a_migrated_database_is_as_expected(pool: Pool) -> None:
    assert await _differences(pool) == []


@pytest.mark.parametrize(
    ("damage", "difference"),
    [
        (
            "ALTER TABLE symbols DROP COLUMN status",
            "column symbols.status is missing",
        ),
        (
            "DROP VIEW portfolio_items_named; "
            "ALTER TABLE portfolio_items ALTER quantity TYPE double precision",
            "column portfolio_items.quantity is 'double precision NOT NULL', not 'numeric NOT",
        ),
        (
            "ALTER TABLE rejected_records ALTER payload DROP NOT NULL",
            "column rejected_records.payload is 'text', not 'text NOT NULL'",
        ),
        (
            "ALTER TABLE candles ALTER received_at DROP DEFAULT",
            "column candles.received_at is 'timestamp with time zone NOT NULL', "
            "not 'timestamp with time zone DEFAULT now() NOT NULL'",
        ),
        (
            "ALTER TABLE candles DROP CONSTRAINT chk_positive_prices",
            "constraint chk_positive_prices of candles is missing",
        ),
        (
            "ALTER TABLE coverage DROP CONSTRAINT chk_disjoint; "
            "ALTER TABLE coverage ADD CONSTRAINT chk_disjoint CHECK (NOT present && absent)",
            "constraint chk_disjoint of coverage is 'CHECK (NOT present && absent)', not",
        ),
        (
            "SELECT set_chunk_time_interval('trade_snapshots', INTERVAL '1 day')",
            "chunk interval of trade_snapshots (timestamp) is '1 day', not '00:30:00'",
        ),
        (
            "ALTER TABLE ticker_snapshots RENAME TO old_tickers; CREATE TABLE ticker_snapshots "
            "(LIKE old_tickers INCLUDING ALL); DROP TABLE old_tickers CASCADE",
            "table ticker_snapshots is not a hypertable by timestamp",
        ),
        (
            "DROP INDEX idx_balance_snapshots_nonzero",
            "index idx_balance_snapshots_nonzero of balance_snapshots is missing",
        ),
        ("DROP TABLE portfolio_items CASCADE", "table portfolio_items is missing"),
        ("CREATE TABLE stray (id INT)", "table stray is not part of the schema"),
        (
            "ALTER TABLE symbols ADD COLUMN note TEXT",
            "column symbols.note is not part of the schema",
        ),
        ("DROP VIEW price_data", "view price_data is missing"),
        (
            "DROP VIEW price_data; CREATE VIEW price_data AS SELECT symbol_id FROM candles",
            "view price_data is 'symbol_id integer', not",
        ),
        ("DROP PROCEDURE assign_roles", "procedure assign_roles is missing"),
        ("DELETE FROM exchanges WHERE company = 'MEXC'", "exchanges: no row for MEXC_SPOT"),
    ],
)
async def test_damage_is_named(pool: Pool, damage: str, difference: str) -> None:
    await pool.execute(damage)
    found = await _differences(pool)
    assert any(one.startswith(difference) for one in found), found


async def test_a_missing_table_is_said_once(pool: Pool) -> None:
    await pool.execute("DROP TABLE portfolio_items CASCADE")
    assert await _differences(pool) == [
        "table portfolio_items is missing",
        "view portfolio_items_named is missing",
    ]


async def test_rows_and_chunks_make_no_difference(pool: Pool) -> None:
    await pool.execute(
        "INSERT INTO symbols (exchange_id, exchange_symbol, symbol_base, symbol_quote, status, "
        "is_active) VALUES (1, 'BTCUSDT', 'BTC', 'USDT', 'TRADING', true)"
    )
    await pool.execute("INSERT INTO candles VALUES (1, '1m', '2026-01-01', 1, 1, 1, 1, 0)")
    assert await _differences(pool) == []


async def test_an_empty_database_lacks_the_extension(empty_database_url: str) -> None:
    connection = await connect(empty_database_url)
    try:
        assert await validate(connection) == [
            "the extension timescaledb is not installed in this database"
        ]
        await connection.execute("CREATE EXTENSION timescaledb")
        found = await validate(connection)
    finally:
        await connection.close()
    tables = [item.relation for item in expected() if item.kind == "table"]
    assert found[0] == "table migration_log is missing"
    assert {f"table {table} is missing" for table in tables} <= set(found)
