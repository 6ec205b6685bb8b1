"""The schema itself: the file beside it, its comments, and what its checks refuse."""

from __future__ import annotations

import re

import asyncpg
import pytest

from arb_pipeline.model import Exchange
from arb_pipeline.storage import tables
from arb_pipeline.storage.database import Pool, connect, sql_directory
from arb_pipeline.storage.schema_text import Item, parse, render
from arb_pipeline_tests.storage.rows import INDEPENDENT, ROWS

HYPERTABLES = {
    "candles": "7 days",
    "book_ticker_snapshots": "00:30:00",
    "ticker_snapshots": "00:30:00",
    "trade_snapshots": "00:30:00",
    "funding_rate_snapshots": "01:00:00",
    "balance_snapshots": "06:00:00",
    "arbitrage_opportunities": "1 day",
    "order_flow_metrics": "1 day",
    "arbitrage_beats": "1 day",
    "conversion_rates": "7 days",
    "order_book_levels": "00:30:00",
    "collections": "1 day",
}
# Tables without any number that is not whole.
UNNUMBERED = (
    "coverage",
    "registrations",
    "repair_attempts",
    "rejected_records",
    "collections",
    "company_blocks",
    "rate_budgets",
)


async def _live(pool: Pool) -> list[Item]:
    async with pool.acquire() as connection:
        return await tables.live(connection)


async def test_schema_sql_is_what_the_migrations_add_up_to(pool: Pool) -> None:
    written = (sql_directory() / "schema.sql").read_text(encoding="utf-8")
    live = await _live(pool)
    if (await pool.fetchval("SHOW server_version_num")).startswith("16"):
        assert render(live) == written, "run: arb-pipeline db schema > sql/schema.sql"
    assert tables.compare(parse(written), live) == []


async def test_schema_sql_can_be_executed(pool: Pool, empty_database_url: str) -> None:
    connection = await connect(empty_database_url)
    try:
        await connection.execute((sql_directory() / "schema.sql").read_text(encoding="utf-8"))
        assert render(await tables.live(connection)) == render(await _live(pool))
    finally:
        await connection.close()


def test_reading_a_written_schema_loses_nothing_that_is_compared() -> None:
    written = (sql_directory() / "schema.sql").read_text(encoding="utf-8")
    kinds = [item.kind for item in parse(written)]
    assert kinds.count("table") == len(re.findall(r"^CREATE TABLE ", written, re.M))
    assert kinds.count("constraint") == len(re.findall(r"^    CONSTRAINT ", written, re.M))
    assert kinds.count("index") == len(re.findall(r"^CREATE (UNIQUE )?INDEX ", written, re.M))
    assert kinds.count("hypertable") == len(HYPERTABLES)
    assert kinds.count("view") == len(re.findall(r"^CREATE VIEW ", written, re.M))


async def test_hypertables_and_their_chunks(pool: Pool) -> None:
    live = await _live(pool)
    found = {item.relation: item.definition for item in live if item.kind == "hypertable"}
    assert found == HYPERTABLES
    views = {item.relation for item in live if item.kind == "view"}
    assert views >= {f"{table}_named" for table in HYPERTABLES} | {"price_data"}


async def test_every_table_and_column_is_commented(pool: Pool) -> None:
    live = await _live(pool)
    commented = {(item.relation, item.name) for item in live if item.kind == "comment"}
    needed = {(item.relation, item.name) for item in live if item.kind in ("table", "column")}
    assert needed - commented == set()
    assert {item.relation for item in live if item.kind in ("view", "function", "procedure")} <= {
        relation for relation, _ in commented
    }


async def test_every_constraint_is_named_by_us(pool: Pool) -> None:
    names = [item.name for item in await _live(pool) if item.kind == "constraint"]
    assert [name for name in names if not re.match(r"(pk|uq|fk|chk)_", name)] == []


async def test_times_series_hold_no_names_and_numbers_no_scale(pool: Pool) -> None:
    columns = [item for item in await _live(pool) if item.kind == "column"]
    own = {item.name for item in columns if item.relation in HYPERTABLES}
    assert own.isdisjoint({"exchange", "exchange_name", "symbol", "symbol_base", "exchange_symbol"})
    assert [item for item in columns if item.definition.startswith(("numeric(", "double"))] == []


async def test_the_exchanges_are_those_of_the_code(pool: Pool) -> None:
    rows = await pool.fetch("SELECT enum_value, company, market_type FROM exchanges")
    assert {tuple(row) for row in rows} == {
        (exchange.value, exchange.company.value, exchange.market_type.value)
        for exchange in Exchange
    }


@pytest.mark.parametrize("table", ROWS)
async def test_no_number_may_be_nan_or_infinite(pool: Pool, table: str) -> None:
    async with pool.acquire() as connection:
        if table not in INDEPENDENT:
            await connection.execute(ROWS["symbols"])
        await connection.execute(ROWS[table])
        columns = [
            item.name
            for item in await tables.live(connection)
            if (item.relation, item.kind) == (table, "column")
            and item.definition.startswith("numeric")
            and "GENERATED" not in item.definition
        ]
        for column in columns:
            for value in ("NaN", "Infinity", "-Infinity"):
                with pytest.raises(asyncpg.CheckViolationError):
                    await connection.execute(f"UPDATE {table} SET {column} = '{value}'")
    assert columns or table in UNNUMBERED
