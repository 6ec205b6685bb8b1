"""Connections: time zone, limits, and where SQL is found."""

from __future__ import annotations

import pytest

from arb_pipeline.storage.database import Pool, connect, sql, sql_directory


async def test_connections_speak_utc_and_name_themselves(database_url: str) -> None:
    connection = await connect(database_url, purpose="unit")
    try:
        assert await connection.fetchval("SHOW timezone") == "UTC"
        assert await connection.fetchval("SHOW application_name") == "arb-pipeline unit"
        assert await connection.fetchval("SHOW statement_timeout") == "5min"
    finally:
        await connection.close()


async def test_a_session_setting_does_not_survive_in_the_pool(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await connection.execute("SET statement_timeout TO 0")
    async with pool.acquire() as connection:
        assert await connection.fetchval("SHOW statement_timeout") == "5min"


def test_sql_reads_named_files() -> None:
    assert sql("migration_lock") == (sql_directory() / "queries/migration_lock.sql").read_text()
    with pytest.raises(FileNotFoundError, match="no_such_query"):
        sql("no_such_query")
