"""Pages as COPY's text: the same bytes however the rows are held, and the rows back out of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from arb_pipeline.model import (
    DAY_MS,
    NOTHING,
    TIMEFRAMES,
    CandleLines,
    CandlePage,
    CandleRow,
    Exchange,
    Instrument,
    Interval,
)
from arb_pipeline.storage.copy_text import PackedCandles, candle_text, pack, times

MINUTE = 60_000
START = int(datetime(2025, 2, 28, 22, 0, tzinfo=UTC).timestamp()) * 1000
BTC = Instrument(7, Exchange.BINANCE_SPOT, "BTCUSDT", "BTC", "USDT")
NUMBERS = ("1.10", "2", "0.5", "1", "10.00", "0")


def page(rows: list[CandleRow] | CandleLines) -> CandlePage:
    end = START + len(rows) * MINUTE
    return CandlePage(BTC, TIMEFRAMES["1m"], Interval(START, end), rows)


@pytest.mark.parametrize("trades", [None, "12"])
def test_lines_and_rows_are_written_alike_and_come_back(trades: str | None) -> None:
    opens = range(START, START + 300 * MINUTE, MINUTE)  # beyond midnight
    rows: list[CandleRow] = [(open_time, *NUMBERS, trades) for open_time in opens]
    held = CandleLines(opens, ["\t".join([*NUMBERS, trades or NOTHING])] * 300)
    assert held == rows
    text = candle_text(page(rows), rows)
    assert candle_text(page(held), held) == text
    assert text.splitlines()[0] == b"\t".join(
        [
            b"7",
            b"1m",
            b"2025-02-28T22:00:00Z",
            *(n.encode() for n in NUMBERS),
            (trades or "\\N").encode(),
        ]
    )

    packed = page(held)
    pack(packed)
    assert isinstance(packed.rows, PackedCandles)
    assert candle_text(packed, packed.rows) is packed.rows.text
    assert packed.rows.text == text
    assert list(packed.rows) == rows
    assert (packed.rows[-1], packed.rows[:2], len(packed.rows)) == (rows[-1], rows[:2], 300)


def test_rows_that_are_no_lines_are_left_as_they_are() -> None:
    rows: list[CandleRow] = [(START, *NUMBERS, None)]
    kept = page(rows)
    pack(kept)
    assert kept.rows is rows


@pytest.mark.parametrize("cell", ["1\t2", "1\n", "\\."])
def test_what_would_shift_columns_is_refused(cell: str) -> None:
    rows: list[CandleRow] = [(START, cell, *NUMBERS[1:], None)]
    with pytest.raises(ValueError, match="tab"):
        candle_text(page(rows), rows)


@pytest.mark.parametrize(
    "instants",
    [
        range(START, START + 3 * DAY_MS, MINUTE),
        range(START, START + 3 * DAY_MS, 5 * MINUTE),
        range(START + 1, START + DAY_MS, MINUTE),
        range(START, START + 90 * DAY_MS, 7 * DAY_MS),
        range(START, START),
        [START, START, START + 2 * MINUTE],
        [START, START + 2 * MINUTE, START + DAY_MS],
        [START + 1, START + MINUTE],
        [],
    ],
)
def test_times_are_the_instants(instants: list[int] | range) -> None:
    read = [datetime.fromisoformat(text) for text in times(instants)]
    assert [round(moment.timestamp() * 1000) for moment in read] == list(instants)
