"""Coverage: what is missing, across days, and what outranks what."""

from __future__ import annotations

import pytest

from arb_pipeline.model import DAY_MS, TIMEFRAMES, DataSet, Interval
from arb_pipeline.storage import coverage
from arb_pipeline.storage.copy_text import present_intervals
from arb_pipeline.storage.coverage import Knowledge, Learnt
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.history import coverage_lines
from arb_pipeline_tests.storage.pages import MINUTE, START, an_instrument

MIDNIGHT = START + 30 * MINUTE


async def learn(pool: Pool, symbol_id: int, **sides: list[Interval]) -> None:
    async with pool.acquire() as connection:
        await coverage.record(
            connection,
            data_set=DataSet.CANDLES,
            learnt=[Learnt(symbol_id, "1m", Knowledge(**sides))],
        )


async def missing(
    pool: Pool, symbol_ids: list[int], interval: Interval
) -> dict[int, list[Interval]]:
    async with pool.acquire() as connection:
        return await coverage.missing(
            connection,
            symbol_ids=symbol_ids,
            data_set=DataSet.CANDLES,
            timeframe="1m",
            interval=interval,
        )


async def test_everything_is_missing_of_a_symbol_nothing_is_known_of(pool: Pool) -> None:
    symbol = (await an_instrument(pool)).symbol_id
    whole = Interval(MIDNIGHT, MIDNIGHT + 3 * DAY_MS)
    assert await missing(pool, [symbol], whole) == {symbol: [whole]}
    assert await missing(pool, [symbol], Interval(MIDNIGHT, MIDNIGHT)) == {}


async def test_gaps_are_found_across_midnights(pool: Pool) -> None:
    symbol = (await an_instrument(pool)).symbol_id
    await learn(
        pool,
        symbol,
        present=[Interval(MIDNIGHT - DAY_MS, MIDNIGHT + DAY_MS)],
        absent=[Interval(MIDNIGHT + DAY_MS + 5 * MINUTE, MIDNIGHT + DAY_MS + 6 * MINUTE)],
        unreachable=[Interval(MIDNIGHT - 2 * DAY_MS, MIDNIGHT - DAY_MS)],
    )
    found = await missing(pool, [symbol], Interval(MIDNIGHT - 2 * DAY_MS, MIDNIGHT + 2 * DAY_MS))
    assert found == {
        symbol: [
            Interval(MIDNIGHT + DAY_MS, MIDNIGHT + DAY_MS + 5 * MINUTE),
            Interval(MIDNIGHT + DAY_MS + 6 * MINUTE, MIDNIGHT + 2 * DAY_MS),
        ]
    }


async def test_what_is_stored_outranks_what_was_said_absent_or_unreachable(pool: Pool) -> None:
    symbol = (await an_instrument(pool)).symbol_id
    hour = Interval(MIDNIGHT, MIDNIGHT + 60 * MINUTE)
    await learn(pool, symbol, unreachable=[hour])
    await learn(pool, symbol, absent=[hour])
    await learn(pool, symbol, present=[Interval(MIDNIGHT, MIDNIGHT + MINUTE)])
    await learn(pool, symbol, absent=[hour], unreachable=[])
    async with pool.acquire() as connection:
        known = await coverage.by_day(
            connection,
            symbol_ids=[symbol],
            data_set=DataSet.CANDLES,
            timeframes=["1m"],
            interval=hour,
        )
    assert known == {
        (symbol, "1m", MIDNIGHT): Knowledge(
            present=[Interval(MIDNIGHT, MIDNIGHT + MINUTE)],
            absent=[Interval(MIDNIGHT + MINUTE, MIDNIGHT + 60 * MINUTE)],
        )
    }


async def test_coverage_lines_count_candles(pool: Pool, database_url: str) -> None:
    instrument = await an_instrument(pool)
    await learn(
        pool,
        instrument.symbol_id,
        present=[Interval(MIDNIGHT, MIDNIGHT + 10 * MINUTE)],
        absent=[Interval(MIDNIGHT + 10 * MINUTE, MIDNIGHT + 12 * MINUTE)],
    )
    asked = Interval(MIDNIGHT, MIDNIGHT + 61 * MINUTE)
    (line,) = await coverage_lines(database_url, [instrument], ["1m"], asked)
    assert (line.present, line.absent, line.unreachable, line.missing) == (10, 2, 0, 49)
    assert line.first_missing == Interval(MIDNIGHT + 12 * MINUTE, MIDNIGHT + 61 * MINUTE)


@pytest.mark.parametrize(
    ("indices", "expected"),
    [
        ([], []),
        ([0, 1, 2], [(0, 3)]),
        ([0, 2, 3, 7], [(0, 1), (2, 4), (7, 8)]),
    ],
)
def test_present_is_what_the_stored_candles_fill(
    indices: list[int], expected: list[tuple[int, int]]
) -> None:
    opens = [START + index * MINUTE for index in indices]
    assert present_intervals(TIMEFRAMES["1m"], opens) == [
        Interval(START + start * MINUTE, START + end * MINUTE) for start, end in expected
    ]
