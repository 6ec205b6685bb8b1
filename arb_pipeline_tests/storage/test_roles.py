"""Roles: who owns, who reads, and migrating without the right to create them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from arb_pipeline.storage import migrations, tables
from arb_pipeline.storage.database import Pool, connect
from arb_pipeline.storage.local_server import LocalServer
from arb_pipeline_tests.storage.rows import ROWS

OWNERS = (
    "SELECT DISTINCT pg_get_userbyid(relowner) AS owner FROM pg_class "
    "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')"
)


async def test_the_owner_writes_and_the_reader_reads(pool: Pool) -> None:
    async with pool.acquire() as connection:
        assert [row["owner"] for row in await connection.fetch(OWNERS)] == ["arbitrage_user"]
        await connection.execute("SET ROLE arbitrage_user")
        for statement in ROWS.values():
            await connection.execute(statement)
        await connection.execute("SET ROLE readonly_user")
        for table in (*ROWS, "candles_named", "price_data", "coverage_named"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") >= 1
        for forbidden in (*ROWS.values(), "DELETE FROM candles", "DROP TABLE candles"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(forbidden)


@pytest.fixture
def bare_server(tmp_path: Path) -> Iterator[LocalServer]:
    """A server of the test's own: roles belong to a whole server."""
    server = LocalServer(tmp_path / "postgres")
    server.start()
    yield server
    server.stop()


async def _database(server: LocalServer, attributes: str) -> str:
    """A database owned by a role of these attributes; the URL connects as that role."""
    connection = await connect(server.url("postgres"))
    try:
        await connection.execute(f"CREATE ROLE desk LOGIN {attributes}")
        await connection.execute("CREATE DATABASE desk OWNER desk")
    finally:
        await connection.close()
    return server.url("desk").replace("postgres@", "desk@", 1)


async def test_who_may_not_create_roles_can_migrate(bare_server: LocalServer) -> None:
    url = await _database(bare_server, "NOCREATEROLE")
    notices: list[str] = []
    await migrations.migrate(url, notice=notices.append)
    missing = [
        re.match(r"role (\w+) does not exist and desk may not create it", n) for n in notices
    ]
    assert {match[1] for match in missing if match} == {"arbitrage_user", "readonly_user"}
    calls = {
        found[0] for notice in notices if (found := re.search(r"CALL assign_roles\(.*\);", notice))
    }
    assert len(calls) * 2 == len(notices)  # every migration that adds tables asks for both roles

    connection = await connect(url)
    administrator = await connect(bare_server.url("desk"))
    try:
        assert await tables.validate(connection) == []
        assert [row["owner"] for row in await connection.fetch(OWNERS)] == ["desk"]
        # What the notice asks the administrator for.
        await administrator.execute("CREATE ROLE arbitrage_user; CREATE ROLE readonly_user")
        for call in calls:
            await administrator.execute(call)
        assert [row["owner"] for row in await connection.fetch(OWNERS)] == ["arbitrage_user"]
        await administrator.execute("SET ROLE readonly_user")
        assert await administrator.fetchval("SELECT count(*) FROM exchanges") == 7
    finally:
        await connection.close()
        await administrator.close()


async def test_who_may_create_roles_can_still_migrate_afterwards(bare_server: LocalServer) -> None:
    url = await _database(bare_server, "CREATEROLE")
    notices: list[str] = []
    await migrations.migrate(url, notice=notices.append)
    assert notices == []
    connection = await connect(url)
    try:
        assert [row["owner"] for row in await connection.fetch(OWNERS)] == ["arbitrage_user"]
        for statement in ROWS.values():
            await connection.execute(statement)
    finally:
        await connection.close()
    await migrations.rollback(url, to=0, allow_data_loss=True, notice=notices.append)
    assert all("still belongs to arbitrage_user" in notice for notice in notices), notices
    notices.clear()
    await migrations.migrate(url, notice=notices.append)
    assert notices == []
