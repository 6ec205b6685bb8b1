"""Pages that wait together are stored together, and each has its own fate."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from arb_pipeline.model import TIMEFRAMES, CandlePage, CandleRow, Instrument, Interval
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.write_queue import WriteQueue
from arb_pipeline.storage.written import Counts, Written
from arb_pipeline_tests.storage.pages import MINUTE, START, an_instrument, row

LENGTH = 40
PAGES = 12
GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
)


def nth(instrument: Instrument, number: int, **first_row: str) -> CandlePage:
    """The page of the minutes after those of the page before."""
    offset = number * LENGTH
    rows: list[CandleRow] = [row(offset + i) for i in range(LENGTH)]
    if first_row:
        rows[0] = row(offset, **first_row)
    window = Interval(START + offset * MINUTE, START + (offset + LENGTH) * MINUTE)
    return CandlePage(instrument, TIMEFRAMES["1m"], window, rows)


def total(written: Written) -> Counts:
    counts = Counts()
    for day in written.days.values():
        counts.add(day)
    return counts


async def transactions(pool: Pool) -> int:
    """In how many transactions the stored candles came."""
    return int(await pool.fetchval("SELECT count(DISTINCT xmin::text) FROM candles"))


async def test_pages_that_wait_share_transactions(pool: Pool) -> None:
    one, other = await an_instrument(pool), await an_instrument(pool, "ETHUSDT")
    async with WriteQueue(pool, 1) as queue:
        found = await asyncio.gather(
            *(queue.write(nth(each, n)) for n in range(PAGES) for each in (one, other))
        )
    assert [total(written) for written in found] == [Counts(inserted=LENGTH)] * PAGES * 2
    assert await pool.fetchval("SELECT count(*) FROM candles") == PAGES * LENGTH * 2
    assert await transactions(pool) <= 2
    covered = await pool.fetch(
        "SELECT sum(upper(r) - lower(r)) AS length FROM coverage, unnest(present) AS r "
        "GROUP BY symbol_id"
    )
    assert [int(row["length"].total_seconds()) for row in covered] == [PAGES * LENGTH * 60] * 2


async def test_a_bad_row_costs_itself_and_no_page_beside_it(pool: Pool) -> None:
    instrument = await an_instrument(pool)
    pages = [nth(instrument, n, **({"volume": "-1"} if n == 5 else {})) for n in range(PAGES)]
    async with WriteQueue(pool, 1) as queue:
        await queue.write(nth(instrument, 7))  # stored already when it comes again
        found = await asyncio.gather(*(queue.write(page) for page in pages))
    expected = [Counts(inserted=LENGTH)] * PAGES
    expected[5] = Counts(inserted=LENGTH - 1, rejected=1)
    expected[7] = Counts(unchanged=LENGTH)
    assert [total(written) for written in found] == expected
    assert await pool.fetchval("SELECT count(*) FROM candles") == PAGES * LENGTH - 1


async def test_a_page_that_cannot_be_stored_fails_alone(pool: Pool) -> None:
    instrument = await an_instrument(pool)
    stranger = Instrument(2_000_000_000, instrument.exchange, "NOSUCH", "NO", "SUCH")
    async with WriteQueue(pool, 1) as queue:
        found = await asyncio.gather(
            queue.write(nth(instrument, 0), expect_empty=False),
            queue.write(nth(stranger, 0)),
            queue.write(nth(instrument, 1), expect_empty=False),
            return_exceptions=True,
        )
        assert isinstance(found[1], asyncpg.ForeignKeyViolationError)
        assert isinstance(found[0], Written)
        assert isinstance(found[2], Written)
        assert total(await queue.write(nth(instrument, 2))) == Counts(inserted=LENGTH)


async def test_everyone_who_waits_learns_that_the_database_is_gone(pool: Pool) -> None:
    instrument = await an_instrument(pool)
    async with WriteQueue(pool, 1) as queue:
        await queue.write(nth(instrument, 0))
        await pool.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        found = await asyncio.gather(
            *(queue.write(nth(instrument, n)) for n in range(1, 4)), return_exceptions=True
        )
    assert all(isinstance(one, GONE) for one in found), found
    assert await pool.fetchval("SELECT count(*) FROM candles") == LENGTH


@pytest.mark.parametrize("connections", [1, 2])
async def test_pages_that_share_a_day_and_come_over_two_connections(
    pool: Pool, connections: int
) -> None:
    instrument = await an_instrument(pool)
    async with WriteQueue(pool, connections) as queue:
        await asyncio.gather(*(queue.write(nth(instrument, n)) for n in reversed(range(60))))
    assert await pool.fetchval("SELECT count(*) FROM candles") == 60 * LENGTH
