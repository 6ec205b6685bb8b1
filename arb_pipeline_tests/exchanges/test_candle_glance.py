"""A glance takes whole, plain pages only, and takes them exactly as the careful way does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from arb_pipeline.exchanges.bodies import parse
from arb_pipeline.exchanges.candle_dialects import CANDLE_DIALECTS
from arb_pipeline.exchanges.candle_rows import ParsedRows, RowReader
from arb_pipeline.exchanges.shapes import rows_at
from arb_pipeline.model import Company, Exchange, Interval
from arb_pipeline_tests.exchanges.candle_pages import M1, MINUTE, wire_row, wire_rows

START = 1_700_000_040_000
WINDOW = Interval(START, START + 10 * MINUTE)
OPENS = list(range(WINDOW.start, WINDOW.end, MINUTE))
EVERY = pytest.mark.parametrize("exchange", Exchange)


def body(exchange: Exchange, rows: Sequence[Any], verdict: Any = 0) -> bytes:
    payload: Any = list(rows)
    if exchange.company is Company.BYBIT:
        payload = {"retCode": verdict, "retMsg": "OK", "result": {"list": payload}, "time": 1.5}
    # Without spaces, as exchanges send it.
    return json.dumps(payload, separators=(",", ":")).encode()


def glance(exchange: Exchange, text: bytes, size: str = "1") -> ParsedRows | None:
    return RowReader(CANDLE_DIALECTS[exchange], M1, size).glance(text, WINDOW)


def careful(exchange: Exchange, text: bytes, size: str = "1") -> ParsedRows:
    dialect = CANDLE_DIALECTS[exchange]
    rows = rows_at(*dialect.path)(parse(text)[1])
    return RowReader(dialect, M1, size)._read_each(rows, WINDOW)


@EVERY
@pytest.mark.parametrize("beyond", [False, True])
def test_a_whole_page_is_what_the_careful_way_makes_of_it(exchange: Exchange, beyond: bool) -> None:
    text = body(exchange, wire_rows(exchange, [*OPENS, *([WINDOW.end] if beyond else [])]))
    seen = glance(exchange, text, "0.0001")
    assert seen is not None
    known = careful(exchange, text, "0.0001")
    assert list(seen.rows) == list(known.rows)
    assert [row[0] for row in seen.rows] == OPENS
    assert seen.beyond is known.beyond is beyond
    assert (seen.rejected, seen.doubtful) == ([], False)


UNUSUAL: list[dict[str, Any]] = [
    {"open": 1.1},  # a float: orjson has lost digits of it
    {"close": 1e-7},
    {"quote": 5.25},
    {"volume": 2**70},  # a float to orjson, too
    {"time": 1.5},
    {"time": True},
    {"high": None},
    {"low": "-1"},
    {"low": ""},
    {"low": "1;2"},
    {"open": "1.2.3"},
    {"open": "NaN"},
    {"open": "1e5"},
    {"open": "１"},
    {"open": ".5"},
]


@EVERY
@pytest.mark.parametrize("cells", UNUSUAL, ids=str)
def test_anything_unusual_is_left_to_the_careful_way(
    exchange: Exchange, cells: dict[str, Any]
) -> None:
    rows = wire_rows(exchange, OPENS)
    place = 5 if CANDLE_DIALECTS[exchange].newest_first else 4
    changed = wire_row(exchange, OPENS[4], **cells)
    if cells.get("time") == 1.5:
        key = CANDLE_DIALECTS[exchange].columns.time
        changed[key] = float(rows[place][key])  # the right time, as a float
    rows[place] = changed
    assert glance(exchange, body(exchange, rows)) is None


@EVERY
def test_what_is_not_all_of_a_page_is_left_to_the_careful_way(exchange: Exchange) -> None:
    whole = wire_rows(exchange, OPENS)
    text = body(exchange, whole)
    assert glance(exchange, text) is not None
    for broken in (
        body(exchange, wire_rows(exchange, OPENS[:-1])),
        body(exchange, wire_rows(exchange, OPENS[:3] + OPENS[4:])),
        body(exchange, [whole[1], *whole[1:]]),
        body(exchange, [whole[1], whole[0], *whole[2:]]),
        body(exchange, []),
        body(exchange, [*whole[:-1], None]),
        body(exchange, [*whole[:-1], whole[-1][:3] if isinstance(whole[-1], list) else {}]),
        text[:-1],
        text.replace(b"1.10", b"1.10\xff", 1),
        b"<html>",
        b"",
        b"null",
        b'{"code": -1121, "msg": "Invalid symbol."}',
    ):
        assert glance(exchange, broken) is None, broken


@pytest.mark.parametrize("verdict", [10001, "10001", None, -1])
def test_rows_beside_an_error_code_are_left_to_the_careful_way(verdict: Any) -> None:
    rows = wire_rows(Exchange.BYBIT_SPOT, OPENS)
    assert glance(Exchange.BYBIT_SPOT, body(Exchange.BYBIT_SPOT, rows, verdict)) is None


def test_the_closed_flag_is_looked_at() -> None:
    rows = wire_rows(Exchange.GATEIO_SPOT, OPENS)
    for flag in ("false", "maybe", None):
        rows[-1][7] = flag
        assert glance(Exchange.GATEIO_SPOT, body(Exchange.GATEIO_SPOT, rows)) is None
