"""Compression where the license allows, nothing where it does not; no write is lost in it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from arb_pipeline.storage import compression, migrations, tables
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.writer import PageWriter
from arb_pipeline.storage.written import Counts
from arb_pipeline_tests.storage.pages import an_instrument, page, row

LONG_AGO = datetime(2026, 2, 1, tzinfo=UTC)


async def _is_community(pool: Pool) -> bool:
    return bool(await pool.fetchval("SHOW timescaledb.license") == "timescale")


async def _require_community(pool: Pool) -> None:
    if not await _is_community(pool):
        pytest.skip("needs the Community edition: set DATABASE_URL to one")


async def test_calling_it_again_changes_nothing_and_the_schema_stays(pool: Pool) -> None:
    """On either edition."""
    async with pool.acquire() as connection:
        first = await compression.enable(connection)
        assert await compression.enable(connection) == first
        assert bool(first) is await _is_community(pool)
        assert await tables.validate(connection) == []


async def test_the_apache_edition_says_why_nothing_is_compressed(pool: Pool) -> None:
    if await _is_community(pool):
        pytest.skip("this is the Community edition")
    told: list[str] = []
    async with pool.acquire() as connection:

        def listen(_: object, message: object) -> None:
            told.append(str(message))

        connection.add_log_listener(listen)
        assert await compression.enable(connection) == {}
        connection.remove_log_listener(listen)
    assert "Apache edition" in told[0]


async def test_writes_into_compressed_chunks_are_counted_and_kept(pool: Pool) -> None:
    """Unchanged, changed and new rows of one page; counts agree with the table."""
    await _require_community(pool)
    instrument = await an_instrument(pool)
    async with PageWriter(pool) as writer, pool.acquire() as connection:
        await writer.write(page(instrument, [row(i) for i in range(0, 60)], 120))
        assert "candles" in await compression.enable(connection)
        assert await compression.compress_old_chunks(connection, "candles", LONG_AGO)
        again = [row(i) for i in range(0, 50)]
        again += [row(i, price="200.5") for i in range(50, 60)] + [row(i) for i in range(60, 90)]
        written = await writer.write(page(instrument, again, 120), expect_empty=False)
        counts = Counts()
        for day in written.days.values():
            counts.add(day)
        assert counts == Counts(inserted=30, updated=10, unchanged=50)
        # A straight copy that meets compressed rows is refused, and merged instead.
        more = [row(i, price="200.5") for i in range(55, 60)] + [row(95)]
        written = await writer.write(page(instrument, more, 120), expect_empty=True)
        assert sum(day.inserted for day in written.days.values()) == 1
        assert await pool.fetchval("SELECT count(*) FROM candles") == 91
        assert await pool.fetchval("SELECT count(*) FROM candles WHERE close = 200.5") == 10


async def test_the_way_back_loses_no_row(pool: Pool, database_url: str) -> None:
    await _require_community(pool)
    instrument = await an_instrument(pool)
    async with PageWriter(pool) as writer, pool.acquire() as connection:
        await writer.write(page(instrument, [row(i) for i in range(60)]))
        await compression.enable(connection)
        await compression.compress_old_chunks(connection, "candles", LONG_AGO)
    await migrations.rollback(database_url, to=13, allow_data_loss=False)
    assert await pool.fetchval("SELECT count(*) FROM candles") == 60
    async with pool.acquire() as connection:
        assert await compression.compressed_tables(connection) == {}
