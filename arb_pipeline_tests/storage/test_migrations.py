"""Migrations: up, down, up; refusals; two processes at once; the log."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import asyncpg
import pytest

from arb_pipeline.storage import migrations, tables
from arb_pipeline.storage.database import Pool, connect, sql_directory
from arb_pipeline.storage.migration_files import MigrationError, load
from arb_pipeline.storage.schema_text import Item
from arb_pipeline_tests.storage.rows import INDEPENDENT, ROWS

VERSIONS = [migration.version for migration in load()]
NEXT = VERSIONS[-1] + 1


async def _schema(url: str) -> list[Item]:
    connection = await connect(url)
    try:
        return await tables.live(connection)
    finally:
        await connection.close()


async def test_up_down_up_leaves_the_same_schema(empty_database_url: str) -> None:
    url = empty_database_url
    applied = await migrations.migrate(url)
    assert [migration.version for migration in applied] == VERSIONS
    first = await _schema(url)

    undone = await migrations.rollback(url, to=0)
    assert [migration.version for migration in undone] == VERSIONS[::-1]
    assert {item.relation for item in await _schema(url)} == {"migration_log"}

    await migrations.migrate(url)
    assert await _schema(url) == first
    assert await migrations.migrate(url) == []


@pytest.mark.parametrize("version", VERSIONS)
async def test_each_step_can_be_undone_and_done_again(database_url: str, version: int) -> None:
    before = await _schema(database_url)
    await migrations.rollback(database_url, to=version - 1)
    await migrations.migrate(database_url)
    assert sorted(map(repr, await _schema(database_url))) == sorted(map(repr, before))


@pytest.mark.parametrize("table", ROWS)
async def test_a_rollback_never_drops_rows_silently(database_url: str, table: str) -> None:
    connection = await connect(database_url)
    try:
        if table not in INDEPENDENT:
            await connection.execute(ROWS["symbols"])
        await connection.execute(ROWS[table])
        with pytest.raises(MigrationError, match=rf"{table} holds rows.*--allow-data-loss"):
            await migrations.rollback(database_url, to=0)
        assert await connection.fetchval(f"SELECT count(*) FROM {table}") >= 1
        await migrations.rollback(database_url, to=0, allow_data_loss=True)
        assert await connection.fetchval("SELECT to_regclass($1)", table) is None
    finally:
        await connection.close()


async def test_permission_to_lose_data_ends_with_the_rollback(
    pool: Pool, database_url: str
) -> None:
    await migrations.rollback(database_url, allow_data_loss=True)
    await pool.execute(ROWS["symbols"])
    with pytest.raises(MigrationError, match="symbols holds rows"):
        await migrations.rollback(database_url, to=0)


async def test_an_edited_migration_is_refused(database_url: str, tmp_path: Path) -> None:
    directory = _copy(tmp_path)
    edited = directory / "0003_candles.up.sql"
    edited.write_text(edited.read_text() + "-- a harmless comment\n")
    for act in (migrations.migrate, migrations.rollback):
        with pytest.raises(MigrationError, match=r"0003_candles\.up\.sql was changed after"):
            await act(database_url, directory=directory)


async def test_a_database_of_newer_code_is_refused(database_url: str, tmp_path: Path) -> None:
    directory = _copy(tmp_path)
    for path in directory.glob(f"{VERSIONS[-1]:04d}_*"):
        path.unlink()
    with pytest.raises(MigrationError, match=rf"{VERSIONS[-1]:04d}_\w+.*newer code.*Update"):
        await migrations.migrate(database_url, directory=directory)


async def test_a_failing_migration_leaves_nothing_behind(
    database_url: str, tmp_path: Path, pool: Pool
) -> None:
    directory = _copy(tmp_path)
    (directory / f"{NEXT:04d}_half.up.sql").write_text("CREATE TABLE half (id INT); SELECT 1 / 0;")
    (directory / f"{NEXT:04d}_half.down.sql").write_text("DROP TABLE half;")
    with pytest.raises(MigrationError, match=rf"{NEXT:04d}_half \(up\) failed.*division by zero"):
        await migrations.migrate(database_url, directory=directory)
    assert await pool.fetchval("SELECT to_regclass('half')") is None
    async with pool.acquire() as connection:
        assert [e.version for e in await migrations.history(connection)] == VERSIONS


async def test_two_at_once_do_not_race(empty_database_url: str) -> None:
    results = await asyncio.gather(*(migrations.migrate(empty_database_url) for _ in range(4)))
    assert sorted(len(result) for result in results) == [0, 0, 0, len(VERSIONS)]


async def test_the_log_says_who_when_and_how_long(database_url: str, pool: Pool) -> None:
    await migrations.rollback(database_url)
    async with pool.acquire() as connection:
        log = await migrations.history(connection)
        assert [m.version for m in await migrations.pending(connection)] == VERSIONS[-1:]
    assert [(entry.version, entry.direction) for entry in log[-2:]] == [
        (VERSIONS[-1], "up"),
        (VERSIONS[-1], "down"),
    ]
    last = log[-1]
    assert last.executed_by
    assert "@" in last.executed_from
    assert last.duration.total_seconds() > 0
    assert last.executed_at.utcoffset() is not None
    assert last.checksum == load()[-1].checksum


async def test_history_of_an_empty_database_is_empty(empty_database_url: str) -> None:
    connection = await asyncpg.connect(empty_database_url)
    try:
        assert await migrations.history(connection) == []
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("name", "message"),
    [(f"{NEXT + 1:04d}_gap.up.sql", f"should be {NEXT:04d}"),
     (f"{NEXT:04d}-dash.up.sql", "must be named"),
     (f"{NEXT:04d}_alone.up.sql", f"{NEXT:04d}_alone.down.sql is missing")],
)  # fmt: skip
def test_misnamed_files_are_refused(tmp_path: Path, name: str, message: str) -> None:
    directory = _copy(tmp_path)
    (directory / name).write_text("SELECT 1;")
    with pytest.raises(MigrationError, match=message):
        load(directory)


def _copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(sql_directory() / "migrations", tmp_path / "migrations"))
