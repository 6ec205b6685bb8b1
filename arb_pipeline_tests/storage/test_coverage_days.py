"""Coverage day by day: of candles only whole ones can be missing, of events every moment."""

from __future__ import annotations

import pytest

from arb_pipeline.model import DAY_MS, DataSet, Exchange, Interval
from arb_pipeline.storage import coverage
from arb_pipeline.storage.coverage import Knowledge, Learnt
from arb_pipeline.storage.coverage_days import coverage_days, progress
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.registrations import Collected, register
from arb_pipeline_tests.storage.pages import an_instrument

DAY = 1_767_225_600_000  # 2026-01-01, a Thursday
MONDAY = DAY + 4 * DAY_MS
HOUR = 3_600_000
BINANCE = Exchange.BINANCE_SPOT
WEEK = "symbols SET listed_at = NULL"
NOON = "symbols SET listed_at = '2026-01-01 12:00:30+00'"


async def wanted(pool: Pool, data_set: str, timeframe: str, change: str = WEEK) -> int:
    """A symbol whose history is wanted from ``DAY`` on."""
    symbol = (await an_instrument(pool)).symbol_id
    await pool.execute(f"UPDATE {change}, is_tracked = true, tracked_at = '2026-01-02'")
    assert await register(pool, [Collected(BINANCE, data_set, timeframe, 30)], DAY) == [symbol]
    return symbol


async def missing(
    pool: Pool, symbol: int, data_set: str, timeframe: str, days: int = 6
) -> list[int]:
    """Seconds missing of the days from ``DAY`` on."""
    found = await coverage_days(
        pool,
        symbol_ids=[symbol],
        data_set=data_set,
        timeframes=[timeframe],
        interval=Interval(DAY, DAY + days * DAY_MS),
    )
    return [one.missing for one in found]


async def test_nothing_is_missing_before_the_first_monday(pool: Pool) -> None:
    symbol = await wanted(pool, "candles", "1w")
    assert await missing(pool, symbol, "candles", "1w") == [0, 0, 0, 0, 86_400, 86_400]
    # Everything that can be had is all there is: complete is a hundred percent.
    now = await pool.fetchval("SELECT (extract(EPOCH FROM now()) * 1000)::bigint")
    known = Knowledge(present=[Interval(MONDAY, now - now % DAY_MS + DAY_MS)])
    async with pool.acquire() as connection:
        await coverage.record(
            connection, data_set=DataSet.CANDLES, learnt=[Learnt(symbol, "1w", known)]
        )
    (found,) = (await progress(pool, [BINANCE])).values()
    assert found.percent == 100


@pytest.mark.parametrize(
    ("data_set", "timeframe", "seconds"),
    [
        ("candles", "1w", [0, 0]),
        ("candles", "1d", [0, 86_400]),
        ("candles", "4h", [8 * 3600, 86_400]),
        ("candles", "1m", [12 * 3600 - 60, 86_400]),
        ("trades", "", [12 * 3600 - 30, 86_400]),
    ],
)
async def test_the_first_candle_is_the_first_that_opens_after_the_listing(
    pool: Pool, data_set: str, timeframe: str, seconds: list[int]
) -> None:
    symbol = await wanted(pool, data_set, timeframe, NOON)
    assert await missing(pool, symbol, data_set, timeframe, days=2) == seconds


@pytest.mark.parametrize(
    ("data_set", "timeframe", "seconds"),
    [
        ("candles", "1w", [0, 0, 0, 0, 0]),
        ("candles", "1d", [86_400, 86_400, 86_400, 86_400, 0]),
        ("candles", "4h", [86_400, 86_400, 86_400, 86_400, 12 * 3600]),
        ("account_trades", "", [86_400, 86_400, 86_400, 86_400, 15 * 3600]),
    ],
)
async def test_a_candle_that_never_closed_is_not_missing(
    pool: Pool, data_set: str, timeframe: str, seconds: list[int]
) -> None:
    gone = "symbols SET is_active = false, delisted_at = '2026-01-05 15:00+00'"
    symbol = await wanted(pool, data_set, timeframe, gone)
    assert await missing(pool, symbol, data_set, timeframe, days=5) == seconds


async def test_a_day_before_the_wanted_ones_counts_from_its_midnight(pool: Pool) -> None:
    symbol = await wanted(pool, "candles", "1m")
    known = Knowledge(present=[Interval(DAY - DAY_MS, DAY - 12 * HOUR)])
    async with pool.acquire() as connection:
        await coverage.record(
            connection, data_set=DataSet.CANDLES, learnt=[Learnt(symbol, "1m", known)]
        )
    (found, *_) = await coverage_days(
        pool,
        symbol_ids=[symbol],
        data_set="candles",
        timeframes=["1m"],
        interval=Interval(DAY - DAY_MS, DAY),
    )
    assert (found.present, found.missing) == (12 * 3600, 12 * 3600)
