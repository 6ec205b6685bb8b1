"""Registering what is tracked: once, whoever says so."""

from __future__ import annotations

from arb_pipeline.model import DAY_MS, Exchange
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.coverage_days import progress
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.registrations import Collected, register, registrations
from arb_pipeline_tests.storage.pages import an_instrument

DAY = 1_767_225_600_000  # 2026-01-01
BINANCE = Exchange.BINANCE_SPOT
FAILING = """
INSERT INTO repair_attempts (
    symbol_id, data_set, timeframe, day, attempts, last_attempt_at, next_attempt_at
)
SELECT symbol_id, data_set, timeframe, history_from, 9, now(), now() + '1 day' FROM registrations
"""


async def test_tracking_by_sql_is_noted_once(pool: Pool) -> None:
    symbol = (await an_instrument(pool)).symbol_id
    track = "UPDATE symbols SET is_tracked = true WHERE id = $1 RETURNING tracked_at"
    first = await pool.fetchval(track, symbol)
    assert await pool.fetchval(track, symbol) == first
    await pool.execute("UPDATE symbols SET is_tracked = false")
    assert await pool.fetchval(track, symbol) > first
    chosen = await pool.fetchval(
        "UPDATE symbols SET is_tracked = true, tracked_at = '2026-01-02' RETURNING tracked_at"
    )
    assert chosen == to_datetime(DAY + DAY_MS)


async def test_registering_again_writes_nothing(pool: Pool) -> None:
    symbol = (await an_instrument(pool)).symbol_id
    await pool.execute("UPDATE symbols SET is_tracked = true, tracked_at = '2026-01-10 23:00+00'")
    collected = [Collected(BINANCE, "candles", "1m", 30), Collected(BINANCE, "trades", "", 1)]
    assert await register(pool, collected, DAY) == [symbol]
    version = await pool.fetch("SELECT xmin::text, ctid::text FROM registrations")
    assert await register(pool, collected, DAY) == []
    assert await pool.fetch("SELECT xmin::text, ctid::text FROM registrations") == version
    assert {(one.data_set, one.history_from) for one in await registrations(pool, [BINANCE])} == {
        ("candles", DAY),  # thirty days before are before history begins
        ("trades", DAY + 8 * DAY_MS),
    }
    await pool.execute(FAILING)
    # Tracked anew it begins anew: no pause is left of what failed before; other lines keep theirs.
    await pool.execute("UPDATE symbols SET tracked_at = '2026-01-11'")
    assert await register(pool, collected[:1], DAY) == [symbol]
    assert await pool.fetchval("SELECT array_agg(data_set) FROM repair_attempts") == ["trades"]
    (found,) = (await progress(pool, [BINANCE])).values()
    assert (found.percent, found.is_complete) == (0, False)


async def test_a_deeper_setting_deepens_what_is_registered_and_a_shallower_one_nothing(
    pool: Pool,
) -> None:
    symbol = (await an_instrument(pool)).symbol_id
    await pool.execute("UPDATE symbols SET is_tracked = true, tracked_at = '2026-01-10 23:00+00'")
    await register(pool, [Collected(BINANCE, "candles", "1m", 3)], DAY)
    await register(pool, [Collected(BINANCE, "trades", "", 1)], DAY)
    await pool.execute(FAILING)
    await pool.execute("UPDATE registrations SET completed_at = now()")
    for days in (3, 1):
        assert await register(pool, [Collected(BINANCE, "candles", "1m", days)], DAY) == []
    assert await register(pool, [Collected(BINANCE, "candles", "1m", 5)], DAY) == [symbol]
    found = {one.data_set: one for one in await registrations(pool, [BINANCE])}
    assert (found["candles"].history_from, found["candles"].is_complete) == (
        DAY + 4 * DAY_MS,
        False,
    )
    assert (found["trades"].history_from, found["trades"].is_complete) == (DAY + 8 * DAY_MS, True)
    # What failed in the days it had already goes on waiting.
    assert await pool.fetchval("SELECT count(*) FROM repair_attempts") == 2
    await pool.execute("UPDATE symbols SET is_tracked = false")
    assert await register(pool, [Collected(BINANCE, "candles", "1m", 9)], DAY) == []
