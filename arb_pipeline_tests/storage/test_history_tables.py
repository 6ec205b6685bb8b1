"""Trades, settled funding and own fills through the one write path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from arb_pipeline.model import DAY_MS, DataSet, HistoryPage, Instrument, Interval
from arb_pipeline.storage import coverage
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.history_tables import history_tables
from arb_pipeline.storage.writer import PageWriter
from arb_pipeline.storage.written import Counts, Written
from arb_pipeline_tests.storage.pages import MINUTE, START, an_instrument

MIDNIGHT = START + 30 * MINUTE
WINDOW = Interval(START, START + 60 * MINUTE)
LONG = "12345678901234567890.000000000000000010"
# Two rows before midnight, one after; numbers as they must come out again.
ROWS: dict[DataSet, list[tuple[Any, ...]]] = {
    DataSet.TRADES: [
        (START, "0.10", LONG, "buy", "77", False),
        (START, "0.10", "1", "buy", "buy-0.1-1-0", True),
        (MIDNIGHT, "0.3000", "2", "sell", "78", False),
    ],
    DataSet.FUNDING_RATES: [
        (START + 17, "-0.00010000", "8", "64000.10"),
        (START + MINUTE, "0.0001", None, None),
        (MIDNIGHT + 3, "0", "8", None),
    ],
    DataSet.ACCOUNT_TRADES: [
        (START, "0.10", LONG, "buy", "1", "9", "0.5", "-0.0001", "USDT", True),
        (START, "0.10", "1", "sell", "2", None, None, None, None, None),
        (MIDNIGHT, "0.3000", "2", "sell", "3", "9", "0.60", "0", "币安人生", False),
    ],
}
# What one later answer says differently, and what of it must not erase.
CHANGED: dict[DataSet, tuple[Any, ...]] = {
    DataSet.TRADES: (START, "0.11", LONG, "buy", "77", False),
    DataSet.FUNDING_RATES: (START + 17, "-0.0002", None, None),
    DataSet.ACCOUNT_TRADES: (START, "0.11", LONG, "buy", "1", None, None, None, None, None),
}
# A row the schema refuses, by which of its constraints.
REFUSED: dict[DataSet, tuple[tuple[Any, ...], str]] = {
    DataSet.TRADES: ((START + 5, "0", "1", "buy", "80", False), "violates chk_price"),
    DataSet.FUNDING_RATES: ((START + 20, "NaN", None, None), "violates chk_funding_rate"),
    DataSet.ACCOUNT_TRADES: (
        (START + 5, "1", "-1", "buy", "4", None, None, None, None, None),
        "violates chk_quantity",
    ),
}
each_table = pytest.mark.parametrize("data_set", list(ROWS))


def page(instrument: Instrument, data_set: DataSet, rows: Sequence[tuple[Any, ...]]) -> HistoryPage:
    return HistoryPage(instrument, data_set, WINDOW, rows=rows, present=[WINDOW])


def counts(written: Written) -> dict[int, Counts]:
    return {day: found for day, found in written.days.items() if found != Counts()}


async def stored(pool: Pool, data_set: DataSet) -> list[tuple[Any, ...]]:
    """Every stored row as text but for the first column, in the order of the columns."""
    table = history_tables()[data_set]
    named = ", ".join(f'"{name}"::text' for name in table.columns[1:])
    rows = await pool.fetch(f"SELECT {named} FROM {table.table} ORDER BY 1, 2, 3, 4, 5")
    return [tuple(row) for row in rows]


@each_table
async def test_pages_are_merged_exactly_and_only_what_changed_is_touched(
    pool: Pool, data_set: DataSet
) -> None:
    one = await an_instrument(pool)
    rows = ROWS[data_set]
    async with PageWriter(pool) as writer:
        first = await writer.write(page(one, data_set, rows))
        told = await stored(pool, data_set)
        again = await writer.write(page(one, data_set, rows), expect_empty=False)
        assert await stored(pool, data_set) == told
        changed = await writer.write(page(one, data_set, [CHANGED[data_set]]))
    day = START - START % DAY_MS
    assert counts(first) == {day: Counts(inserted=2), MIDNIGHT: Counts(inserted=1)}
    assert counts(again) == {day: Counts(unchanged=2), MIDNIGHT: Counts(unchanged=1)}
    assert counts(changed) == {day: Counts(updated=1)}
    # Every number of every row stands there letter by letter.
    texts = [cell for row in told for cell in row]
    for row in rows:
        for cell in row[1:]:
            assert {True: "true", False: "false"}.get(cell, cell) in texts
    after = await stored(pool, data_set)
    assert len(after) == len(told)
    (old,), (new,) = set(told) - set(after), set(after) - set(told)
    # A value that is not told this time keeps standing: one cell differs, or two prices' worth.
    assert sum(a != b for a, b in zip(old, new, strict=True)) == 1


@each_table
async def test_a_row_the_schema_refuses_is_kept_with_its_reason_and_not_covered(
    pool: Pool, data_set: DataSet
) -> None:
    one = await an_instrument(pool)
    bad, reason = REFUSED[data_set]
    rows = sorted([*ROWS[data_set], bad], key=lambda row: row[0])
    async with PageWriter(pool) as writer:
        written = await writer.write(page(one, data_set, rows))
    assert [(refused.reason, refused.timestamp) for refused in written.rejected] == [
        (reason, bad[0])
    ]
    assert len(await stored(pool, data_set)) == 3
    missing = await coverage.missing(
        pool,  # type: ignore[arg-type]  # runs each statement on a connection of its own
        symbol_ids=[one.symbol_id],
        data_set=data_set,
        timeframe="",
        interval=WINDOW,
    )
    assert missing == {one.symbol_id: [Interval(bad[0], bad[0] + 1)]}
    (kept,) = await pool.fetch("SELECT data_set, symbol_id, reason FROM rejected_records")
    assert tuple(kept) == (data_set.value, one.symbol_id, reason)


@each_table
async def test_a_value_that_would_shift_columns_is_refused(pool: Pool, data_set: DataSet) -> None:
    one = await an_instrument(pool)
    first, *rest = ROWS[data_set]
    tricky = (first[0], "1\t2", *first[2:])
    async with PageWriter(pool) as writer:
        written = await writer.write(page(one, data_set, [tricky, *rest]))
    assert [refused.reason for refused in written.rejected] == [
        "a value holds a tab, a newline or a backslash"
    ]
    assert len(await stored(pool, data_set)) == 2


async def test_what_was_predicted_stands_beside_what_was_paid(pool: Pool) -> None:
    one = await an_instrument(pool)
    time, rate, *_ = ROWS[DataSet.FUNDING_RATES][0]
    await pool.execute(
        "INSERT INTO funding_rate_snapshots "
        "(symbol_id, timestamp, funding_rate, funding_time, is_settled) "
        "VALUES ($1, $2, 0.5, $3, false)",
        one.symbol_id,
        coverage.to_datetime(time),
        time,
    )
    async with PageWriter(pool) as writer:
        for expect_empty in (True, False):
            one_page = page(one, DataSet.FUNDING_RATES, ROWS[DataSet.FUNDING_RATES])
            await writer.write(one_page, expect_empty=expect_empty)
    rows = await pool.fetch(
        "SELECT funding_rate::text, funding_time, is_settled FROM funding_rate_snapshots "
        "WHERE funding_time = $1 ORDER BY is_settled",
        time,
    )
    assert [tuple(row) for row in rows] == [("0.5", time, False), (rate, time, True)]


async def test_a_fill_is_known_by_its_id_whatever_time_is_told(pool: Pool) -> None:
    one = await an_instrument(pool)
    first = ROWS[DataSet.ACCOUNT_TRADES][0]
    async with PageWriter(pool) as writer:
        await writer.write(page(one, DataSet.ACCOUNT_TRADES, [first]))
        moved = (first[0] + 1, *first[1:])
        written = await writer.write(page(one, DataSet.ACCOUNT_TRADES, [moved]))
    assert [found.updated for found in counts(written).values()] == [1]
    assert len(await stored(pool, DataSet.ACCOUNT_TRADES)) == 1
