"""Questions about candles: a range, the newest, before and after a moment, how many."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal

import pandas as pd
import pytest

from arb_pipeline.model import Exchange, Interval
from arb_pipeline.storage import queries
from arb_pipeline.storage.database import Connection, Pool
from arb_pipeline_tests.storage.asking import MINUTE, START, a_symbol, flat, some_candles

DAY = ("2026-01-05", "2026-01-06")
EXACT = "0.000000000000000000123"


@pytest.fixture
async def connection(pool: Pool) -> AsyncIterator[Connection]:
    """Two symbols: ten minutes of the one, the last three of the other, an hour beside them."""
    one = await a_symbol(pool)
    other = await a_symbol(pool, Exchange.MEXC_SPOT)
    await some_candles(pool, one, flat(range(10)))
    await some_candles(pool, one, flat([0], "99"), "1h")
    await some_candles(pool, other, flat([7, 8, 9], EXACT), trade_count=2**60)
    async with pool.acquire() as connection:
        yield connection


def minutes(found: pd.DataFrame) -> list[tuple[str, int]]:
    """Exchange and minute of each row."""
    opened = (found["timestamp"] - pd.Timestamp(START, unit="ms", tz="UTC")).dt.total_seconds()
    return [(str(e), int(s) // 60) for e, s in zip(found["exchange"], opened, strict=True)]


async def test_a_range_is_half_open_and_named(connection: Connection) -> None:
    window = Interval(START + 2 * MINUTE, START + 8 * MINUTE)
    found = await queries.candles(connection, "BTC/USDT", "1m", window)
    assert minutes(found) == [*(("BINANCE_SPOT", m) for m in range(2, 8)), ("MEXC_SPOT", 7)]
    assert list(found.columns[:4]) == ["exchange", "symbol", "symbol_id", "timeframe"]
    assert set(found["symbol"]) == {"BTC/USDT"}
    every = await queries.candles(connection, "BINANCE_SPOT", None, DAY)
    assert every["timeframe"].value_counts().to_dict() == {"1m": 10, "1h": 1}


async def test_numbers_are_exact_or_floats_on_request(connection: Connection) -> None:
    found = await queries.candles(connection, "MEXC_SPOT BTC/USDT", "1m", DAY)
    assert [str(value) for value in found["low"]] == [str(Decimal(EXACT))] * 3
    assert found["quote_volume"].isna().all()
    assert list(found["trade_count"]) == [2**60] * 3
    mixed = await queries.candles(connection, "BTC/USDT", "1m", DAY)
    # Beside nulls, too, a large count is not rounded as a float would be.
    assert mixed["trade_count"].isna().sum() == 10
    assert mixed["trade_count"].max() == 2**60
    floats = await queries.candles(connection, "BTC/USDT", "1m", DAY, floats=True)
    assert {str(floats[name].dtype) for name in ("open", "volume", "quote_volume")} == {"float64"}
    assert floats["low"].iloc[-1] == float(EXACT)
    assert floats["quote_volume"].isna().all()


async def test_the_newest_and_those_around_a_moment(connection: Connection) -> None:
    latest = await queries.latest_candles(connection)
    assert minutes(latest) == [("BINANCE_SPOT", 9), ("MEXC_SPOT", 9)]
    latest = await queries.latest_candles(connection, "BTC/USDT", limit=4)
    assert minutes(latest) == [
        *(("BINANCE_SPOT", m) for m in (6, 7, 8, 9)),
        *(("MEXC_SPOT", m) for m in (7, 8, 9)),
    ]
    eight = "2026-01-05T00:08"
    before = await queries.candles_before(connection, "BTC/USDT", "1m", eight, 2)
    assert minutes(before) == [("BINANCE_SPOT", 6), ("BINANCE_SPOT", 7), ("MEXC_SPOT", 7)]
    after = await queries.candles_after(connection, "BTC/USDT", "1m", eight)
    assert minutes(after) == [("BINANCE_SPOT", 8), ("MEXC_SPOT", 8)]
    assert (await queries.candles_after(connection, None, "1m", DAY[1])).empty
    assert (await queries.latest_candles(connection, "BTC/USDT", "1d")).empty


async def test_how_many_there_are(connection: Connection) -> None:
    found = await queries.candle_counts(connection, None, None, DAY)
    assert list(zip(found["exchange"], found["timeframe"], found["candle_count"], strict=True)) == [
        ("BINANCE_SPOT", "1h", 1),
        ("BINANCE_SPOT", "1m", 10),
        ("MEXC_SPOT", "1m", 3),
    ]
    assert found["first"].iloc[2] == pd.Timestamp("2026-01-05T00:07Z")
    assert found["last"].iloc[2] == pd.Timestamp("2026-01-05T00:09Z")
