"""Each thing that can be wrong with a row, in every dialect."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import pytest

from arb_pipeline.exchanges.candle_dialects import CANDLE_DIALECTS
from arb_pipeline.exchanges.candle_rows import ParsedRows, RowReader
from arb_pipeline.exchanges.shapes import WrongShape
from arb_pipeline.model import Exchange, Interval
from arb_pipeline_tests.exchanges.candle_pages import M1, MINUTE, wire_row, wire_rows

START = 1_700_000_040_000
WINDOW = Interval(START, START + 10 * MINUTE)
OPENS = list(range(WINDOW.start, WINDOW.end, MINUTE))
THIRD = OPENS[2]


def reader(exchange: Exchange, size: str = "1") -> RowReader:
    return RowReader(CANDLE_DIALECTS[exchange], M1, size)


def read(exchange: Exchange, rows: list[Any]) -> ParsedRows:
    return reader(exchange).read(rows, WINDOW)


def expected_row(exchange: Exchange, open_time: int) -> tuple[Any, ...]:
    trades = "7" if exchange.company.value == "BINANCE" else None
    return (open_time, "1.10", "1.30", "1.00", "1.20", "50", "60.5", trades)


@pytest.mark.parametrize("exchange", Exchange)
def test_a_full_page_is_turned_around_exactly(exchange: Exchange) -> None:
    parsed = read(exchange, wire_rows(exchange, OPENS))
    assert parsed.rows == [expected_row(exchange, open_time) for open_time in OPENS]
    assert (parsed.rejected, parsed.beyond, parsed.doubtful) == ([], False, False)


@pytest.mark.parametrize("exchange", Exchange)
def test_holes_any_order_twins_and_the_next_candle_change_nothing(exchange: Exchange) -> None:
    present = [open_time for open_time in OPENS if open_time != THIRD]
    rows = wire_rows(exchange, [*present, WINDOW.end, OPENS[0], OPENS[5]])
    random.Random(1).shuffle(rows)
    parsed = read(exchange, rows)
    assert parsed.rows == [expected_row(exchange, open_time) for open_time in present]
    assert parsed.rejected == []
    assert parsed.beyond
    assert read(exchange, wire_rows(exchange, present)).rows == parsed.rows


@pytest.mark.parametrize("exchange", Exchange)
def test_the_next_candle_is_trimmed_on_the_fast_way_too(exchange: Exchange) -> None:
    parsed = read(exchange, wire_rows(exchange, [*OPENS, WINDOW.end]))
    assert [row[0] for row in parsed.rows] == OPENS
    assert parsed.beyond
    assert len(parsed.raw) == len(parsed.rows)


BAD_CELLS: list[tuple[dict[str, Any], str]] = [
    ({"close": None}, "close is null"),
    ({"close": "NaN"}, "close is 'NaN'"),
    ({"open": True}, "open is True"),
    ({"high": ""}, "high is ''"),
    ({"low": "-1"}, "low is '-1'"),
    ({"low": "1,2"}, "low is '1,2'"),
    ({"low": "1;2"}, "low is '1;2'"),
    ({"volume": [1]}, r"volume is \[1\]"),
    ({"volume": "1.2.3"}, "volume is '1.2.3'"),
    ({"volume": "１"}, "volume is '１'"),
    ({"quote": "Infinity"}, "quote volume is 'Infinity'"),
]


@pytest.mark.parametrize("exchange", Exchange)
@pytest.mark.parametrize(("cells", "reason"), BAD_CELLS)
def test_a_malformed_row_is_refused_and_spoils_its_place_only(
    exchange: Exchange, cells: dict[str, Any], reason: str
) -> None:
    rows = wire_rows(exchange, OPENS)
    bad = wire_row(exchange, THIRD, **cells)
    rows[2 if rows[0] == wire_row(exchange, OPENS[0]) else -3] = bad
    parsed = read(exchange, rows)
    assert [row[0] for row in parsed.rows] == [o for o in OPENS if o != THIRD]
    (refused,) = parsed.rejected
    assert refused.timestamp == THIRD
    assert json.loads(refused.payload) == bad
    assert re.search(reason, refused.reason)
    assert parsed.spoiled == {THIRD}
    assert not parsed.doubtful


@pytest.mark.parametrize("exchange", Exchange)
@pytest.mark.parametrize("time", [None, "soon", True, -5, "1e12", 12.5, [1]])
def test_a_row_without_a_time_makes_absence_doubtful(exchange: Exchange, time: Any) -> None:
    rows = [*wire_rows(exchange, OPENS[1:]), wire_row(exchange, OPENS[0], time=time)]
    parsed = read(exchange, rows)
    assert [row[0] for row in parsed.rows] == OPENS[1:]
    assert "not a time" in parsed.rejected[0].reason
    assert parsed.rejected[0].timestamp is None
    assert parsed.doubtful


@pytest.mark.parametrize("exchange", Exchange)
def test_a_row_between_candles_spoils_the_candle_it_lies_in(exchange: Exchange) -> None:
    rows = [*wire_rows(exchange, OPENS[1:]), wire_row(exchange, OPENS[0] + 1000)]
    parsed = read(exchange, rows)
    assert "where no 1m candle does" in parsed.rejected[0].reason
    assert parsed.spoiled == {OPENS[0]}


@pytest.mark.parametrize("exchange", Exchange)
def test_a_row_from_elsewhere_is_refused_and_makes_absence_doubtful(exchange: Exchange) -> None:
    stray = WINDOW.end + 5 * MINUTE
    parsed = read(exchange, [*wire_rows(exchange, OPENS), wire_row(exchange, stray)])
    assert [row[0] for row in parsed.rows] == OPENS
    assert "outside of what was asked for" in parsed.rejected[0].reason
    assert parsed.rejected[0].timestamp == stray
    assert parsed.doubtful


@pytest.mark.parametrize("exchange", Exchange)
@pytest.mark.parametrize(
    "rows", [["html"], "<html>", [None], [[]], [{}], [1, 2], [{"code": 5}]], ids=str
)
def test_rows_of_which_none_is_a_candle_of_the_window_are_no_answer(
    exchange: Exchange, rows: Any
) -> None:
    with pytest.raises(WrongShape):
        read(exchange, list(rows))
    with pytest.raises(WrongShape):
        read(exchange, wire_rows(exchange, [open_time - 10**9 for open_time in OPENS]))


@pytest.mark.parametrize("exchange", Exchange)
def test_two_different_candles_refuse_each_other(exchange: Exchange) -> None:
    other = wire_row(exchange, THIRD, volume="51")
    parsed = read(exchange, [*wire_rows(exchange, OPENS), other])
    assert [row[0] for row in parsed.rows] == [o for o in OPENS if o != THIRD]
    assert parsed.contradicted == {THIRD}
    payloads = [json.loads(refused.payload) for refused in parsed.rejected]
    assert other in payloads
    assert wire_row(exchange, THIRD) in payloads
    assert {refused.reason for refused in parsed.rejected} == {
        "two different candles for one open time"
    }


@pytest.mark.parametrize("exchange", Exchange)
def test_the_same_candle_written_differently_is_no_contradiction(exchange: Exchange) -> None:
    rows = [*wire_rows(exchange, OPENS), wire_row(exchange, THIRD, volume="50.00")]
    assert read(exchange, rows).rejected == []


@pytest.mark.parametrize("exchange", Exchange)
def test_short_rows_are_refused_by_what_they_lack(exchange: Exchange) -> None:
    row = wire_row(exchange, THIRD)
    short = {"t": row["t"]} if isinstance(row, dict) else row[:3]
    rows = [*wire_rows(exchange, [o for o in OPENS if o != THIRD]), short]
    parsed = read(exchange, rows)
    assert parsed.rejected[0].reason.startswith("the row has no")
    assert parsed.spoiled == {THIRD}


@pytest.mark.parametrize("exchange", Exchange)
def test_numbers_with_exponents_are_written_out(exchange: Exchange) -> None:
    rows = [*wire_rows(exchange, OPENS[1:]), wire_row(exchange, OPENS[0], volume="1.5e-07")]
    assert read(exchange, rows).rows[0][5] == "0.00000015"


def test_contracts_become_base_units_exactly() -> None:
    rows = [wire_row(Exchange.GATEIO_FUTURES, open_time, volume=12345) for open_time in OPENS]
    rows[3] = wire_row(Exchange.GATEIO_FUTURES, OPENS[3], volume="12345678901234567890123456789.5")
    parsed = reader(Exchange.GATEIO_FUTURES, "0.0001").read(rows, WINDOW)
    assert parsed.rows[0][5] == "1.2345"
    assert parsed.rows[3][5] == "1234567890123456789012345.67895"


def test_a_candle_gate_calls_open_is_refused() -> None:
    rows = wire_rows(Exchange.GATEIO_SPOT, OPENS)
    rows[-1][7] = "false"
    parsed = read(Exchange.GATEIO_SPOT, rows)
    assert len(parsed.rows) == len(OPENS) - 1
    assert "still open" in parsed.rejected[0].reason


def test_a_column_more_does_not_hurt() -> None:
    rows = [[*row, "new"] for row in wire_rows(Exchange.MEXC_SPOT, OPENS)]
    assert len(read(Exchange.MEXC_SPOT, rows).rows) == len(OPENS)
