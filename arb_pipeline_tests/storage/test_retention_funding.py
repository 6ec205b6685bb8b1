"""Predicted funding rates go when they are old; funding that was paid stays for ever."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from arb_pipeline.storage import retention
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.retention import Dropped, TableInUseError, drop_old, due_chunks
from arb_pipeline_tests.storage.rows import ROWS

TABLE = "funding_rate_snapshots"  # chunks of an hour
START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
CUTOFF = START + timedelta(hours=30, minutes=25)  # within a chunk, which stays whole
FILL = (
    "INSERT INTO funding_rate_snapshots (timestamp, symbol_id, funding_rate, funding_time, "
    "is_settled) SELECT t, 1, 0.0001, 1, $3 FROM generate_series($1, $2, $4::interval) AS t"
)
COVER = (
    "INSERT INTO coverage (symbol_id, data_set, day, present) "
    "SELECT 1, 'funding_rates', d::date, tstzmultirange(tstzrange(d, d + '1 day')) "
    "FROM generate_series($1::timestamptz, $1 + '1 day', '1 day') AS d"
)
STORED = "SELECT timestamp, xmin::text FROM funding_rate_snapshots WHERE is_settled = $1 ORDER BY 1"
CHUNKS = "SELECT count(*) FROM show_chunks('funding_rate_snapshots')"
COVERAGE = "SELECT day, present, unreachable, xmin::text FROM coverage ORDER BY 1"


@pytest.fixture
async def filled(pool: Pool) -> Pool:
    """A day and a half: predicted every ten minutes, paid every eight hours, all of it covered."""
    end = START + timedelta(hours=36, minutes=-10)
    await pool.execute(ROWS["symbols"])
    await pool.execute(FILL, START, end, False, HOUR / 6)
    await pool.execute(FILL, START, end, True, 8 * HOUR)
    await pool.execute(COVER, START)
    return pool


async def test_what_was_paid_stays_and_only_predicted_rates_go(filled: Pool) -> None:
    paid, known = await filled.fetch(STORED, True), await filled.fetch(COVERAGE)
    async with filled.acquire() as connection:
        dropped = await drop_old(connection, TABLE, CUTOFF)
        # Those of 0:00, 8:00, 16:00 and 24:00 stay, for what was paid.
        assert (len(dropped.chunks), dropped.rows) == (30 - 4, 4 * 6)
        assert dropped.chunks[0].start_at == START + HOUR
        assert await due_chunks(connection, TABLE, CUTOFF) == []
    predicted = await filled.fetch(STORED, False)
    assert (len(predicted), predicted[0]["timestamp"]) == (6 * 6, START + timedelta(hours=30))
    assert await filled.fetchval(CHUNKS) == 36 - 26
    assert len(paid) == 5
    assert await filled.fetch(STORED, True) == paid
    assert await filled.fetch(COVERAGE) == known


async def test_a_second_time_nothing_goes_and_later_the_rest(filled: Pool) -> None:
    async with filled.acquire() as connection:
        await drop_old(connection, TABLE, CUTOFF)
        assert await drop_old(connection, TABLE, CUTOFF) == Dropped()
        # Funding of long ago that is fetched now is not in the way, nor taken along.
        before = START - timedelta(days=30)
        await filled.execute(FILL, before, START - HOUR, True, 8 * HOUR)
        late = await drop_old(connection, TABLE, START + timedelta(hours=36))
        assert (len(late.chunks), late.rows) == (5, 6)
    assert await filled.fetch(STORED, False) == []
    assert await filled.fetchval("SELECT count(*) FROM funding_rate_snapshots") == 30 * 3 + 5


async def test_funding_that_arrives_meanwhile_is_not_dropped(filled: Pool) -> None:
    """Its chunk was found to hold predicted rates only, before the writer was done."""
    arriving = START + timedelta(hours=4)
    async with filled.acquire() as writer, filled.acquire() as connection:
        transaction = writer.transaction()
        await transaction.start()
        await writer.execute(FILL, arriving, arriving, True, 8 * HOUR)
        dropping = asyncio.create_task(drop_old(connection, TABLE, CUTOFF))
        await asyncio.sleep(0.3)
        assert not dropping.done()
        await transaction.commit()
        dropped = await asyncio.wait_for(dropping, 10)
    assert (len(dropped.chunks), dropped.rows) == (30 - 5, 5 * 6)
    assert arriving in [row["timestamp"] for row in await filled.fetch(STORED, True)]


async def test_writers_that_do_not_end_are_named_and_nothing_is_lost(
    filled: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_LOCK_TIMEOUT", "20ms")
    monkeypatch.setattr(retention, "_PAUSE_SECONDS", 0.01)
    async with filled.acquire() as busy, filled.acquire() as connection, busy.transaction():
        await busy.execute(FILL, CUTOFF, CUTOFF, True, 8 * HOUR)
        with pytest.raises(TableInUseError, match=rf"{TABLE} is in use.*0 chunks were dropped"):
            await drop_old(connection, TABLE, CUTOFF)
    assert len(await filled.fetch(STORED, False)) == 36 * 6
