"""Tops of books: exact, and what becomes of every row that is not right."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from aiohttp import web

from arb_pipeline.exchanges import Exchanges
from arb_pipeline.model import Company, Exchange, now_ms
from arb_pipeline_tests.exchanges.books import (
    TIMED,
    answer_with,
    each_exchange,
    fetch,
    in_bulk,
)
from arb_pipeline_tests.exchanges.sampled import book_row, instrument, is_an_hour_off
from arb_pipeline_tests.exchanges.scripted import Scripted, reply


@each_exchange
async def test_a_row_is_exact_to_the_last_digit(
    exchanges: Exchanges, script: Scripted, exchange: Exchange
) -> None:
    began = now_ms()
    answer_with(script, exchange, [book_row(exchange, now=began - 5)])
    page = await fetch(exchanges, exchange)
    (row,) = page.rows
    assert (row.symbol_id, row.bid_price, row.ask_price) == (7, Decimal("1.10"), Decimal("1.20"))
    assert str(row.bid_price) == "1.10"
    assert str(row.bid_qty) == "0.123456789012345678"
    assert str(row.ask_qty) == "12345678901234567890.5"
    assert began <= row.timestamp <= now_ms()
    assert row.exchange_timestamp == (began - 5 if exchange in TIMED else None)
    numbered = exchange is Exchange.BINANCE_FUTURES or exchange.company is Company.GATEIO
    assert row.sequence_number == (77 if numbered else None)
    assert (page.exchange, page.requests, page.rejected, page.missing) == (exchange, 1, [], [])


@in_bulk
async def test_of_a_whole_list_only_what_was_asked_for_is_kept(
    exchanges: Exchanges, script: Scripted, exchange: Exchange
) -> None:
    other = book_row(exchange, "ETH", bidPrice="?", bid1Price="?")  # nobody's business
    answer_with(script, exchange, [other, book_row(exchange), other])
    gone = instrument(exchange, "GONE", 8)
    page = await fetch(exchanges, exchange, instrument(exchange), gone)
    assert [row.symbol_id for row in page.rows] == [7]
    assert page.missing == [gone]
    assert page.rejected == []
    assert len(script.requests) == page.requests == 1


BAD = ["NaN", "Infinity", "1,5", "", None, True, [1], "0x1", "１", "1_0"]


@each_exchange
@pytest.mark.parametrize("value", BAD)
async def test_a_malformed_row_is_refused_alone_and_by_name(
    exchanges: Exchanges, script: Scripted, exchange: Exchange, value: Any
) -> None:
    if exchange.company is Company.GATEIO:
        level: Any = {"p": "1.2", "s": value} if "FUT" in exchange else ["1.2", value]
        bad = book_row(exchange, asks=[level])
    else:
        bad = book_row(exchange, askQty=value, ask1Size=value)
    good = book_row(exchange, "ETH")
    eth = instrument(exchange, "ETH", 8)
    # Gate is asked for books one by one; which comes first is not said.
    if exchange.company is Company.GATEIO:

        async def by_name(request: web.Request) -> web.Response:
            asked = request.query.get("contract") or request.query.get("currency_pair")
            return reply(good if asked == "ETH_USDT" else bad)

        script.say(by_name)
    else:
        answer_with(script, exchange, [bad, good])
    page = await fetch(exchanges, exchange, instrument(exchange), eth)
    assert [row.symbol_id for row in page.rows] == [8]
    ((symbol_id, refused),) = page.rejected
    assert symbol_id == 7
    assert refused.reason.endswith("not a number")
    assert "ask" in refused.reason
    assert isinstance(json.loads(refused.payload), dict)
    assert page.missing == []


@in_bulk
@pytest.mark.parametrize("stray", [None, 5, "BTCUSDT", ["BTCUSDT"], {}, {"symbol": ["BTC"]}])
async def test_a_row_of_nobody_is_kept_beside_the_others(
    exchanges: Exchanges, script: Scripted, exchange: Exchange, stray: Any
) -> None:
    answer_with(script, exchange, [stray, book_row(exchange)] if exchange.company is not
                Company.BYBIT else [book_row(exchange), stray])  # fmt: skip
    page = await fetch(exchanges, exchange)
    assert len(page.rows) == 1
    ((symbol_id, refused),) = page.rejected
    assert symbol_id is None
    assert "of no symbol" in refused.reason


@in_bulk
async def test_twins_are_one_row_and_contradictions_are_none(
    exchanges: Exchanges, script: Scripted, exchange: Exchange
) -> None:
    now = now_ms()
    twin = book_row(exchange, now=now)
    answer_with(script, exchange, [twin, twin])
    assert len((await fetch(exchanges, exchange)).rows) == 1
    differs = book_row(exchange, now=now, bidQty="9", bid1Size="9")
    answer_with(script, exchange, [twin, differs])
    page = await fetch(exchanges, exchange)
    assert (list(page.rows), page.missing) == ([], [])
    assert [reason.reason for _, reason in page.rejected] == [
        "two different rows for one symbol"
    ] * 2
    assert [symbol_id for symbol_id, _ in page.rejected] == [7, 7]


@pytest.mark.parametrize("exchange", TIMED)
@pytest.mark.parametrize(("off", "word"), [(3_600_000, "ahead of"), (-3_600_000, "behind")])
async def test_a_clock_an_hour_off_is_not_believed(
    exchanges: Exchanges, script: Scripted, exchange: Exchange, off: int, word: str
) -> None:
    theirs = now_ms() + off
    answer_with(script, exchange, [book_row(exchange, now=theirs)])
    page = await fetch(exchanges, exchange)
    assert list(page.rows) == []
    ((symbol_id, refused),) = page.rejected
    assert (symbol_id, refused.timestamp) == (7, theirs)
    assert is_an_hour_off(refused.reason, word)


@each_exchange
async def test_what_makes_no_sense_is_left_to_the_schema(
    exchanges: Exchanges, script: Scripted, exchange: Exchange
) -> None:
    if exchange.company is Company.GATEIO:
        level: Any = {"p": "-1.2", "s": "0"} if "FUT" in exchange else ["-1.2", "0"]
        row = book_row(exchange, asks=[level])
    else:
        row = book_row(exchange, askPrice="-1.2", ask1Price="-1.2", askQty="0", ask1Size="0")
    answer_with(script, exchange, [row])
    (found,) = (await fetch(exchanges, exchange)).rows
    assert [found.ask_price, found.ask_qty] == [Decimal("-1.2"), 0]


@each_exchange
async def test_an_empty_book_is_missing(
    exchanges: Exchanges, script: Scripted, exchange: Exchange
) -> None:
    nothing = "" if exchange.company is Company.BYBIT else "0.00000000"
    names: tuple[str, ...] = ("bidPrice", "bidQty", "askPrice", "askQty")
    names += ("bid1Price", "bid1Size", "ask1Price", "ask1Size")
    cells: dict[str, Any] = dict.fromkeys(names, nothing)
    row = book_row(exchange, **cells)
    if exchange.company is Company.GATEIO:
        row = book_row(exchange, bids=[], asks=[])
    answer_with(script, exchange, [row])
    page = await fetch(exchanges, exchange)
    assert (list(page.rows), page.rejected) == ([], [])
    assert page.missing == [instrument(exchange)]
