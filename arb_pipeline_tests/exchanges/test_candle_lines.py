"""Lines are made of plain pages only, and hold what the careful way reads in the same bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from arb_pipeline.exchanges.bodies import parse
from arb_pipeline.exchanges.candle_columns import ParsedRows
from arb_pipeline.exchanges.candle_dialects import CANDLE_DIALECTS
from arb_pipeline.exchanges.candle_lines import PaddedReader
from arb_pipeline.exchanges.candle_rows import RowReader
from arb_pipeline.exchanges.shapes import WrongShape
from arb_pipeline.model import TIMEFRAMES, CandleLines, Exchange, Interval
from arb_pipeline_tests.exchanges.candle_pages import M1, MINUTE

START = 1_700_000_040_000
WINDOW = Interval(START, START + 3 * MINUTE)
DIALECT = CANDLE_DIALECTS[Exchange.BINANCE_SPOT]
NUMBERS = ("97000.10000000", "97001.20", "96999.00", "97000.50", "12.345", "1197470.123", "7.10")


def row(open_time: int, trades: Any = 308, numbers: tuple[str, ...] = NUMBERS) -> list[Any]:
    o, h, low, c, volume, quote, taker = numbers
    closes = open_time + MINUTE - 1
    return [open_time, o, h, low, c, volume, closes, quote, trades, taker, quote, "0"]


def page(count: int = 3) -> list[list[Any]]:
    return [row(START + number * MINUTE, 308 + number * 1000) for number in range(count)]


def body(rows: list[list[Any]]) -> bytes:
    return json.dumps(rows, separators=(",", ":")).encode()


def glance(text: bytes) -> ParsedRows | None:
    return PaddedReader(DIALECT, M1).glance(text, WINDOW)


def careful(text: bytes) -> list[Any] | None:
    """The rows, or None where there is anything wrong with the answer."""
    payload = parse(text)[1]
    if not isinstance(payload, list):
        return None
    try:
        known = RowReader(DIALECT, M1, "1")._read_each(payload, WINDOW)
    except WrongShape:
        return None
    return None if known.rejected else list(known.rows)


@pytest.mark.parametrize("beyond", [False, True])
def test_a_plain_page_becomes_the_lines_the_careful_way_would_write(beyond: bool) -> None:
    text = body(page(3 + beyond))
    seen = glance(text)
    assert seen is not None
    assert isinstance(seen.rows, CandleLines)
    assert seen.rows.lines[1] == "\t".join((*NUMBERS[:6], "1308"))
    assert list(seen.rows) == careful(text)
    assert seen.beyond is beyond


@pytest.mark.parametrize("timeframe", ["5m", "1d", "1w"])
def test_rows_open_as_far_apart_as_the_timeframe_says(timeframe: str) -> None:
    frame = TIMEFRAMES[timeframe]
    window = Interval(frame.ceil(START), frame.ceil(START) + 3 * frame.milliseconds)
    opens = range(window.start, window.end, frame.milliseconds)
    reader = PaddedReader(DIALECT, frame)
    seen = reader.glance(body([row(time) for time in opens]), window)
    assert seen is not None
    assert [known[0] for known in seen.rows] == list(opens)
    assert reader.glance(body(page()), window) is None


def mutations(text: bytes) -> Iterator[bytes]:
    """Every letter left out, doubled, and put in the place of every other."""
    for place in range(len(text)):
        before, after = text[:place], text[place + 1 :]
        yield before + after
        yield before + text[place : place + 1] * 2 + after
        for letter in b'0179.,"[]- e{}\t\n\\\xff':
            yield before + bytes([letter]) + after


def test_whatever_becomes_of_a_letter_no_line_says_anything_else_than_the_answer() -> None:
    """The only thing let through that JSON forbids is a zero before a whole number."""
    text, seen_at_all = body(page()), 0
    for changed in mutations(text):
        seen = glance(changed)
        if seen is not None:
            seen_at_all += 1
            json_text = re.sub(rb"(?<=[,\[])0+(?=[0-9])", b"", changed)
            known = careful(json_text)
            assert known is not None, changed
            assert [(*cells[:7], int(str(cells[7]))) for cells in seen.rows] == [
                (*cells[:7], int(str(cells[7]))) for cells in known
            ], changed
    assert seen_at_all > 1000  # digits that are other digits


def test_rows_whose_points_lie_elsewhere_are_read_by_columns() -> None:
    rows = page()
    rows[1] = row(rows[1][0], numbers=("97000", *NUMBERS[1:]))
    assert glance(body(rows)) is None
    seen = RowReader(DIALECT, M1, "1").glance(body(rows), WINDOW)
    assert seen is not None
    assert list(seen.rows) == careful(body(rows))


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_more_or_fewer_rows_than_the_window_has_are_left_alone(count: int) -> None:
    assert glance(body(page(count))) is None


def test_every_row_may_be_without_points() -> None:
    plain = ("97000", "97001", "96999", "97000", "12", "1197470", "7")
    text = body([row(START + n * MINUTE, numbers=plain) for n in range(3)])
    seen = glance(text)
    assert seen is not None
    assert list(seen.rows) == careful(text)
