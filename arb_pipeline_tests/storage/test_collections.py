"""The log of collecting, and what it adds up to, by numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import asyncpg
import pytest

from arb_pipeline.model import Exchange, now_ms
from arb_pipeline.storage.collections import (
    BeatStatistics,
    Collection,
    beat_statistics,
    latest_collections,
    record_collections,
)
from arb_pipeline.storage.database import Pool

MINUTE = 60_000
BINANCE, BYBIT = Exchange.BINANCE_SPOT, Exchange.BYBIT_SPOT


def beat(minute: int, late_ms: int | None = 5_000, /, **values: object) -> Collection:
    """A beat ``minute`` minutes before now (whole minutes), sampled ``late_ms`` after it."""
    moment = now_ms() // MINUTE * MINUTE - minute * MINUTE
    sampled_at = None if late_ms is None else moment + late_ms
    whole = Collection(BINANCE, "book_tickers", moment, sampled_at, 120, row_count=50)
    return replace(whole, **values)  # type: ignore[arg-type]


async def record(pool: Pool, *collections: Collection) -> None:
    async with pool.acquire() as connection:
        await record_collections(connection, collections)


async def test_a_record_comes_back_as_it_was_given(pool: Pool) -> None:
    whole = beat(
        1,
        rejected=3,
        lookups=100,
        lookup_misses=2,
        problem="the exchange answers 500",
        is_transient=True,
        run_id="abc",
    )
    bare = Collection(BYBIT, "symbols", whole.moment)
    await record(pool, whole, bare)
    await record(pool)
    found = await latest_collections(pool)
    assert sorted(found, key=lambda one: one.exchange) == [whole, bare]


async def test_the_newest_per_exchange_and_asset(pool: Pool) -> None:
    good, bad = beat(2), beat(1, None, problem="down", duration_ms=None)
    other = beat(5, exchange=BYBIT)
    old = beat(3 * 60, asset="candles")
    await record(pool, beat(3), good, bad, other, old)
    found = await latest_collections(pool, hours=2)
    assert {(one.exchange, one.asset): one for one in found} == {
        (BINANCE, "book_tickers"): bad,
        (BYBIT, "book_tickers"): other,
    }
    succeeded = await latest_collections(pool, hours=2, successful=True)
    assert {one.exchange: one for one in succeeded} == {BINANCE: good, BYBIT: other}
    assert old in await latest_collections(pool, hours=4)


async def test_what_is_said_again_of_a_moment_overwrites(pool: Pool) -> None:
    failed, repeated = beat(1, problem="x" * 3000 + "\x00"), beat(1, row_count=7)
    await record(pool, failed)
    (found,) = await latest_collections(pool)
    assert found.problem == "x" * 2000
    await record(pool, failed, repeated)
    assert await latest_collections(pool) == [repeated]


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"row_count": -1}, "chk_counts"),
        ({"lookup_misses": 1}, "chk_counts"),
        ({"asset": "Book Tickers"}, "chk_asset"),
        ({"is_transient": True}, "chk_transient_problem"),
        ({"problem": ""}, "chk_problem"),
    ],
)
async def test_impossible_records(pool: Pool, values: dict[str, object], constraint: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError) as caught:
        await record(pool, beat(2), beat(1, **values))
    assert caught.value.constraint_name == constraint
    assert await latest_collections(pool) == []


async def test_an_exchange_the_database_does_not_know(pool: Pool) -> None:
    await pool.execute("DELETE FROM exchanges WHERE enum_value = 'BYBIT_SPOT'")
    with pytest.raises(asyncpg.NotNullViolationError):
        await record(pool, beat(1), beat(1, exchange=BYBIT))


async def test_statistics(pool: Pool) -> None:
    # Late by 5.0, 5.2, 5.4, 7.0 and 9.0 s; one of them and one that was never sent failed.
    lateness = (5000, 5200, 5400, 7000, 9000)
    beats = [beat(index + 1, late) for index, late in enumerate(lateness)]
    await record(
        pool,
        *beats,
        beat(6, None, problem="it hangs", duration_ms=None),
        beat(7, None, exchange=BYBIT, problem="banned", duration_ms=None),
        beat(90, 60_000),
    )
    # The same moment, even if a minute has begun since.
    await record(pool, replace(beats[-1], problem="500", is_transient=True))
    first, second = await beat_statistics(pool, now_ms() - 30 * MINUTE)
    assert first.lateness_p99 is not None
    # 99 % of the way through five values lies 96 % of the way from the 4th to the 5th.
    assert abs(first.lateness_p99 - (7.0 + 0.96 * 2.0)) < 1e-9
    assert first == BeatStatistics(BINANCE, "book_tickers", 6, 2, 5.4, first.lateness_p99, 9.0)
    assert second == BeatStatistics(BYBIT, "book_tickers", 1, 1, None, None, None)
    assert await beat_statistics(pool, now_ms()) == []
