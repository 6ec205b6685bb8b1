"""Numbers of the storage agree with what is stored."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from arb_pipeline.storage import stats
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.stats import CacheStats, TableStats, cache_stats, database_bytes
from arb_pipeline_tests.storage.rows import ROWS

FILL = (
    "INSERT INTO candles SELECT 1, '1m', t, 1, 1, 1, 1, 0 "
    "FROM generate_series($1::timestamptz, $2, '1 minute') AS t"
)


@pytest.fixture
def now() -> datetime:
    """Of this test: those before it may have taken half an hour."""
    return datetime.now(tz=UTC).replace(microsecond=0)


async def _stats(pool: Pool) -> dict[str, TableStats]:
    async with pool.acquire() as connection:
        return {one.table: one for one in await stats.table_stats(connection)}


async def test_every_table_is_there_and_empty_ones_are_empty(pool: Pool) -> None:
    found = await _stats(pool)
    assert found.keys() >= ROWS.keys()
    assert "candles_named" not in found
    assert found["candles"] == TableStats(
        "candles", 0, False, found["candles"].bytes, 0, None, None, 0.0
    )
    assert (found["exchanges"].rows, found["exchanges"].chunks) == (7, None)
    assert found["symbols"].rows_per_hour is None


async def test_rows_times_and_growth(pool: Pool, now: datetime) -> None:
    await pool.execute(ROWS["symbols"])
    start = now - timedelta(days=30)
    await pool.execute(FILL, start, now)
    found = (await _stats(pool))["candles"]
    assert (found.rows, found.is_estimate) == (30 * 1440 + 1, False)
    assert (found.oldest, found.newest) == (start, now)
    assert found.chunks in (5, 6)
    assert found.rows_per_hour == pytest.approx(60, abs=1)
    size = await pool.fetchval("SELECT hypertable_size('candles')")
    assert found.bytes == size > 1_000_000


async def test_large_tables_are_estimated(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    monkeypatch.setattr(stats, "_COUNTED_BYTES", 1)
    await pool.execute(ROWS["symbols"])
    await pool.execute(FILL, now - timedelta(days=10), now)
    await pool.execute("ANALYZE candles")
    found = (await _stats(pool))["candles"]
    assert found.is_estimate
    assert found.rows == pytest.approx(14_401, rel=0.01)
    assert found.newest == now


async def test_the_hit_ratio_of_the_last_day(pool: Pool, now: datetime) -> None:
    async with pool.acquire() as connection:
        assert (await cache_stats(connection)).hit_ratio is None
        for hours, lookups, misses in ((1, 90, 3), (20, 10, 2), (30, 1000, 1000)):
            await connection.execute(
                "INSERT INTO collections (timestamp, exchange_id, asset, row_count, rejected, "
                "lookups, lookup_misses, run_id) VALUES ($1, 1, 'tickers', 1, 0, $2, $3, '')",
                now - timedelta(hours=hours),
                lookups,
                misses,
            )
        found = await cache_stats(connection)
    assert found == CacheStats(lookups=100, misses=5)
    assert found.hit_ratio == pytest.approx(0.95)


async def test_the_size_of_a_database(pool: Pool) -> None:
    async with pool.acquire() as connection:
        name = await connection.fetchval("SELECT current_database()")
        assert (await database_bytes(connection, name) or 0) > 1_000_000
        assert await database_bytes(connection, "no_such_database") is None


async def test_it_is_quick_on_many_chunks(pool: Pool, now: datetime) -> None:
    """A week of half-hours and 85,000 candles: a fraction of a second on an idle machine."""
    await pool.execute(ROWS["symbols"])
    await pool.execute(FILL, now - timedelta(days=60), now)
    await pool.execute(
        "INSERT INTO ticker_snapshots SELECT t, 1, 1 "
        "FROM generate_series($1::timestamptz, $2, '30 minutes') AS t",
        now - timedelta(days=7),
        now,
    )
    async with asyncio.timeout(2):
        found = await _stats(pool)
    assert found["ticker_snapshots"].chunks in (336, 337)
