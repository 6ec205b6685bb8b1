"""Larger candles made in SQL, against buckets worked by hand."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from arb_pipeline.model import DAY_MS, DataSet, Exchange, Interval
from arb_pipeline.storage import coverage, queries
from arb_pipeline.storage.database import Pool
from arb_pipeline_tests.storage.asking import MINUTE, START, a_symbol, flat, some_candles

DAY = Interval(START, START + DAY_MS)
PRICES = ["open", "high", "low", "close", "volume"]


async def test_first_highest_lowest_last_and_sums(pool: Pool) -> None:
    symbol = await a_symbol(pool)
    await some_candles(
        pool,
        symbol,
        [
            (4, "13", "13.5", "9.00000000000000000001", "12", "0.1"),  # stored out of order
            (0, "10", "11", "9.5", "10.5", "1.000000000000000000001"),
            (1, "10.5", "14.25", "10.5", "13", "0"),
            (2, "13", "13", "13", "13", "2"),
            (3, "13", "13", "12.5", "13", "3"),
            (5, "1", "1", "1", "1", "1"),  # of the next one, which is not complete
        ],
        quote_volume=Decimal("1.10"),
        trade_count=3,
    )
    async with pool.acquire() as connection:
        found = await queries.resampled_candles(connection, symbol, "5m", DAY)
        assert len(found) == 1
        row = found.iloc[0]
        assert [str(row[name]) for name in PRICES] == [
            "10", "14.25", "9.00000000000000000001", "12", "6.100000000000000000001",
        ]  # fmt: skip
        assert (str(row["quote_volume"]), row["trade_count"]) == ("5.50", 15)
        assert (row["timeframe"], row["candle_count"], row["expected_count"]) == ("5m", 5, 5)
        assert row["timestamp"] == pd.Timestamp("2026-01-05T00:00Z")
        every = await queries.resampled_candles(connection, symbol, "5m", DAY, incomplete=True)
        assert list(every["is_complete"]) == [True, False]
        assert list(every["candle_count"]) == [5, 1]
        floats = await queries.resampled_candles(connection, symbol, "5m", DAY, floats=True)
        assert floats["high"].iloc[0] == 14.25


async def test_what_the_exchange_confirmed_not_to_have_is_complete(pool: Pool) -> None:
    quiet, holed = await a_symbol(pool), await a_symbol(pool, Exchange.MEXC_SPOT)
    for symbol in (quiet, holed):
        await some_candles(pool, symbol, flat([0, 1, 4]))
    five = Interval(START, START + 5 * MINUTE)
    hole = Interval(START + 2 * MINUTE, START + 4 * MINUTE)
    present = [Interval(START, hole.start), Interval(hole.end, five.end)]
    known = coverage.Knowledge(present=present, absent=[hole])
    half = coverage.Knowledge(present=present)
    async with pool.acquire() as connection:
        await coverage.record(
            connection,
            data_set=DataSet.CANDLES,
            learnt=[
                coverage.Learnt(quiet, "1m", known),
                coverage.Learnt(holed, "1m", half),
                # Of another length: says nothing of minutes.
                coverage.Learnt(holed, "5m", coverage.Knowledge(present=[five])),
            ],
        )
        found = await queries.resampled_candles(connection, [quiet, holed], "5m", DAY)
        assert [(row.symbol_id, row.candle_count) for row in found.itertuples()] == [(quiet, 3)]
        every = await queries.resampled_candles(
            connection, [quiet, holed], "5m", DAY, incomplete=True
        )
        assert dict(zip(every["symbol_id"], every["is_complete"], strict=True)) == {
            quiet: True,
            holed: False,
        }


async def test_weeks_begin_on_monday_and_parts_that_are_unknown_make_no_sum(pool: Pool) -> None:
    symbol = await a_symbol(pool)
    a_day = DAY_MS // MINUTE
    days = [-1, 0, 1, 2, 3, 4, 5, 6, 7]  # from Sunday to the Monday after next
    for place, day in enumerate(days):
        quote = None if place == 4 else Decimal(place)
        rows = flat([day * a_day], str(100 + day))
        await some_candles(pool, symbol, rows, "1d", quote_volume=quote, trade_count=1)
    wide = Interval(START - 30 * DAY_MS, START + 30 * DAY_MS)
    async with pool.acquire() as connection:
        found = await queries.resampled_candles(
            connection, symbol, "1w", wide, source="1d", incomplete=True
        )
        assert [str(at.date()) for at in found["timestamp"]] == [
            "2025-12-29", "2026-01-05", "2026-01-12",
        ]  # fmt: skip
        assert list(found["candle_count"]) == [1, 7, 1]
        assert list(found["open"]) == [Decimal(99), Decimal(100), Decimal(107)]
        assert list(found["close"]) == [Decimal(99), Decimal(106), Decimal(107)]
        assert list(found["quote_volume"]) == [Decimal(0), None, Decimal(8)]
        assert list(found["trade_count"]) == [1, 7, 1]
        # A window that begins within a week begins with the next one.
        later = Interval(START + 1, START + 8 * DAY_MS)
        assert (
            len(await queries.resampled_candles(connection, symbol, "1w", later, source="1d")) == 0
        )


@pytest.mark.parametrize(
    ("timeframe", "source", "says"),
    [
        ("5m", "5m", "cannot be made"),
        ("1m", "5m", "cannot be made"),
        ("2h", "1m", "no timeframe '2h'; there are 1m, 5m"),
        ("1h", "7m", "no timeframe '7m'"),
    ],
)
async def test_what_does_not_consist_of_it_is_refused(
    pool: Pool, timeframe: str, source: str, says: str
) -> None:
    async with pool.acquire() as connection:
        with pytest.raises(ValueError, match=says):
            await queries.resampled_candles(connection, [], timeframe, DAY, source=source)
