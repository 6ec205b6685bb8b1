"""How tops of books are asked for, and what answers are none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aiohttp import web

from arb_pipeline.exchanges import Exchanges
from arb_pipeline.exchanges.errors import BadResponse, ExchangeError, NotSupported, Unreachable
from arb_pipeline.exchanges.tickers import fetch_book_tickers
from arb_pipeline.model import Company, Exchange, now_ms
from arb_pipeline_tests.exchanges.books import (
    answer_with,
    each_exchange,
    fetch,
    in_bulk,
)
from arb_pipeline_tests.exchanges.sampled import SKEW, book_row, instrument, served
from arb_pipeline_tests.exchanges.scripted import Scripted, always, reply


@in_bulk
@pytest.mark.parametrize("rows", [[], [1, 2], [{"name": "BTCUSDT"}]])
async def test_a_list_that_can_not_be_is_asked_for_again(
    exchanges: Exchanges, script: Scripted, exchange: Exchange, rows: list[Any]
) -> None:
    script.say(always(served(exchange, rows) if exchange.company is not Company.BYBIT else
                      {"retCode": 0, "result": {"list": rows}, "time": now_ms()}))  # fmt: skip
    with pytest.raises(BadResponse):
        await fetch(exchanges, exchange)
    assert len(script.requests) == 3


@each_exchange
async def test_nothing_wanted_is_nothing_asked(
    exchanges: Exchanges, script: Scripted, exchange: Exchange
) -> None:
    page = await fetch_book_tickers(exchanges[exchange], [], skew_ms=SKEW)
    assert (list(page.rows), page.requests, script.requests) == ([], 0, [])
    elsewhere = Exchange.MEXC_SPOT if exchange is not Exchange.MEXC_SPOT else Exchange.BYBIT_SPOT
    with pytest.raises(NotSupported, match="listed elsewhere"):
        await fetch(exchanges, exchange, instrument(elsewhere))


@pytest.mark.parametrize("exchange", [Exchange.GATEIO_SPOT, Exchange.GATEIO_FUTURES])
async def test_one_book_of_gate_holds_up_no_other(
    exchanges: Exchanges, script: Scripted, exchange: Exchange
) -> None:
    async def one_is_sick(request: web.Request) -> web.Response:
        asked = request.query.get("contract") or request.query.get("currency_pair")
        if asked == "SICK_USDT":
            return reply({"label": "INTERNAL", "message": "x"}, 500)
        if asked == "GONE_USDT":
            label = "INVALID_CURRENCY_PAIR" if "SPOT" in exchange else "CONTRACT_NOT_FOUND"
            return reply({"label": label, "message": "x"}, 400)
        return reply(book_row(exchange))

    script.say(one_is_sick)
    sick, gone = instrument(exchange, "SICK", 8), instrument(exchange, "GONE", 9)
    page = await fetch(exchanges, exchange, sick, instrument(exchange), gone)
    assert [row.symbol_id for row in page.rows] == [7]
    assert page.missing == [sick, gone]
    assert page.requests == 3 + 1 + 1
    with pytest.raises(Unreachable):
        await fetch(exchanges, exchange, sick, gone)
    assert (await fetch(exchanges, exchange, gone)).missing == [gone]


async def test_binances_spot_is_asked_by_name_until_it_refuses_one(
    exchanges: Exchanges, script: Scripted
) -> None:
    exchange = Exchange.BINANCE_SPOT

    async def known_only(request: web.Request) -> web.Response:
        names = json.loads(request.query.get("symbols", "[]"))
        if "GONEUSDT" in names:
            return reply({"code": -1121, "msg": "Invalid symbol."}, 400)
        return reply([book_row(exchange), book_row(exchange, "币安人生")])

    script.say(known_only)
    han, gone = instrument(exchange, "币安人生", 8), instrument(exchange, "GONE", 9)
    page = await fetch(exchanges, exchange, instrument(exchange), han)
    assert ([row.symbol_id for row in page.rows], page.requests) == ([7, 8], 1)
    assert json.loads(script.requests[0].query["symbols"]) == ["BTCUSDT", "币安人生USDT"]
    page = await fetch(exchanges, exchange, instrument(exchange), han, gone)
    assert ([row.symbol_id for row in page.rows], page.requests) == ([7, 8], 2)
    assert page.missing == [gone]
    assert "symbols" not in script.requests[-1].query
    many = [instrument(exchange, f"C{number}", number) for number in range(1, 102)]
    await fetch(exchanges, exchange, *many)
    assert "symbols" not in script.requests[-1].query


async def test_a_list_refused_for_another_reason_is_an_error(
    exchanges: Exchanges, script: Scripted
) -> None:
    script.say(always({"code": -1102, "msg": "no"}, 400))
    with pytest.raises(ExchangeError, match="BINANCE_SPOT book tickers: Refused: no"):
        await fetch(exchanges, Exchange.BINANCE_SPOT)
    assert len(script.requests) == 2


async def test_mexc_is_asked_for_everything_and_bybit_by_category(
    exchanges: Exchanges, script: Scripted
) -> None:
    for exchange in (Exchange.MEXC_SPOT, Exchange.BYBIT_SPOT, Exchange.BYBIT_FUTURES):
        answer_with(script, exchange, [book_row(exchange)])
        await fetch(exchanges, exchange)
    assert [dict(request.query) for request in script.requests] == [
        {},
        {"category": "spot"},
        {"category": "linear"},
    ]
