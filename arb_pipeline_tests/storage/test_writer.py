"""The write path on a real TimescaleDB: exact, idempotent, all or nothing, nothing dropped."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from arb_pipeline.model import DataSet, Interval, Rejection
from arb_pipeline.storage import coverage
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.writer import PageWriter
from arb_pipeline.storage.written import Counts, Written
from arb_pipeline_tests.storage.pages import MINUTE, START, an_instrument, page, row


async def stored(pool: Pool) -> list[tuple[str, ...]]:
    rows = await pool.fetch(
        "SELECT open::text, high::text, low::text, close::text, volume::text, quote_volume::text, "
        "trade_count::text FROM candles ORDER BY timestamp"
    )
    return [tuple(found.values()) for found in rows]


async def missing(pool: Pool, symbol_id: int, length: int) -> list[Interval]:
    found = await coverage.missing(
        pool,  # type: ignore[arg-type]  # runs each statement on a connection of its own
        symbol_ids=[symbol_id],
        data_set=DataSet.CANDLES,
        timeframe="1m",
        interval=Interval(START, START + length * MINUTE),
    )
    return found.get(symbol_id, [])


def total(written: Written) -> Counts:
    counts = Counts()
    for day in written.days.values():
        counts.add(day)
    return counts


async def test_numbers_are_stored_digit_by_digit(pool: Pool) -> None:
    instrument = await an_instrument(pool)
    exact = (
        START,
        "0.100000000000000000010",
        "12345678901234567890.12345678",
        "1e-7",
        "0.50",
        "0",
        "99.000",
        "17",
    )
    async with PageWriter(pool) as writer:
        await writer.write(page(instrument, [exact]))
    assert await stored(pool) == [
        (
            "0.100000000000000000010",
            "12345678901234567890.12345678",
            "0.0000001",
            "0.50",
            "0",
            "99.000",
            "17",
        )
    ]


async def test_counts_are_told_per_utc_day(pool: Pool) -> None:
    instrument = await an_instrument(pool)
    async with PageWriter(pool) as writer:
        written = await writer.write(page(instrument, [row(i) for i in range(60)]))
    midnight = START + 30 * MINUTE
    assert {day: counts.inserted for day, counts in written.days.items()} == {
        midnight - 86_400_000: 30,
        midnight: 30,
    }


@pytest.mark.parametrize("expect_empty", [True, False])
async def test_writing_twice_changes_no_row(pool: Pool, expect_empty: bool) -> None:
    instrument = await an_instrument(pool)
    rows = [row(i, str(100 + i)) for i in range(60)]
    versions = "SELECT array_agg(xmin::text ORDER BY timestamp) FROM candles"
    async with PageWriter(pool) as writer:
        await writer.write(page(instrument, rows))
        before = await pool.fetchval(versions)
        written = await writer.write(page(instrument, rows), expect_empty=expect_empty)
    assert total(written) == Counts(unchanged=60)
    assert await pool.fetchval(versions) == before


async def test_a_corrected_candle_is_updated_alone(pool: Pool) -> None:
    instrument = await an_instrument(pool)
    async with PageWriter(pool) as writer:
        await writer.write(page(instrument, [row(i) for i in range(5)]))
        again = [row(i, "200" if i == 3 else "100.10") for i in range(6)]
        written = await writer.write(page(instrument, again), expect_empty=False)
    assert total(written) == Counts(inserted=1, updated=1, unchanged=4)
    assert [found[0] for found in await stored(pool)][3] == "200"


async def test_what_the_schema_refuses_is_kept_and_the_rest_is_stored(pool: Pool) -> None:
    instrument = await an_instrument(pool)
    rows = [row(i) for i in range(40)]
    rows[3] = row(3, high="99")  # below the rest
    rows[7] = row(7, "NaN")
    rows[8] = row(8, volume="-1")
    rows[20] = row(20, close="1\t2")
    rows[39] = row(39, open="")
    async with PageWriter(pool) as writer:
        written = await writer.write(page(instrument, rows))
        await writer.write(page(instrument, rows))
    assert total(written) == Counts(inserted=35, rejected=5)
    assert len(await stored(pool)) == 35
    bad = [3, 7, 8, 20, 39]
    assert await missing(pool, instrument.symbol_id, 40) == [
        Interval(START + 3 * MINUTE, START + 4 * MINUTE),
        Interval(START + 7 * MINUTE, START + 9 * MINUTE),
        Interval(START + 20 * MINUTE, START + 21 * MINUTE),
        Interval(START + 39 * MINUTE, START + 40 * MINUTE),
    ]
    kept = await pool.fetch("SELECT * FROM rejected_records ORDER BY timestamp")
    assert [coverage.to_ms(found["timestamp"]) for found in kept] == [
        START + index * MINUTE for index in bad
    ]
    assert [found["occurrences"] for found in kept] == [2] * 5
    reasons = [found["reason"] for found in kept]
    for reason, part in zip(
        reasons,
        ["chk_high_is_highest", "chk_positive_prices", "chk_volume", "a tab", "numeric"],
        strict=True,
    ):
        assert part in reason


async def test_rows_refused_before_the_database_are_kept_too(pool: Pool) -> None:
    instrument = await an_instrument(pool)
    refused = page(instrument, [row(0)], length=2)
    refused.rejected.append(Rejection('["x\x00"]', "no candle", START + MINUTE))
    refused.rejected.append(Rejection("[]", "no time", 10**18))
    async with PageWriter(pool) as writer:
        written = await writer.write(refused)
    assert total(written) == Counts(inserted=1, rejected=2)
    assert await pool.fetchval("SELECT count(*) FROM rejected_records") == 2
    assert await pool.fetchval(
        "SELECT timestamp IS NULL FROM rejected_records WHERE reason = 'no time'"
    )


async def test_rows_and_coverage_are_committed_together_or_not_at_all(pool: Pool) -> None:
    instrument = await an_instrument(pool)
    await pool.execute("ALTER TABLE coverage RENAME TO elsewhere")
    async with PageWriter(pool) as writer:
        with pytest.raises(asyncpg.UndefinedTableError):
            await writer.write(page(instrument, [row(0)]))
        assert await stored(pool) == []
        await pool.execute("ALTER TABLE elsewhere RENAME TO coverage")
        # The writer is still good: the failed transaction left nothing behind.
        assert total(await writer.write(page(instrument, [row(0)]))) == Counts(inserted=1)


async def test_two_writers_of_the_same_page_do_not_double_it(pool: Pool) -> None:
    instrument = await an_instrument(pool)
    same = page(instrument, [row(i) for i in range(500)])
    async with PageWriter(pool) as first, PageWriter(pool) as second:
        one, other = await asyncio.gather(first.write(same), second.write(same))
    assert total(one).inserted + total(other).inserted == 500
    assert total(one).unchanged + total(other).unchanged == 500
    assert len(await stored(pool)) == 500
    assert await missing(pool, instrument.symbol_id, 500) == []


async def test_a_page_of_an_unknown_symbol_is_an_error_not_a_rejection(pool: Pool) -> None:
    instrument = await an_instrument(pool)
    await pool.execute("DELETE FROM symbols WHERE id = $1", instrument.symbol_id)
    async with PageWriter(pool) as writer:
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await writer.write(page(instrument, [row(0)]))
