"""Every wire event of the reference's table, over real HTTP, on all four companies."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web

from arb_pipeline.exchanges import Exchanges, errors
from arb_pipeline.exchanges.shapes import rows_at
from arb_pipeline.model import Exchange
from arb_pipeline_tests.exchanges.scripted import (
    QUICK,
    Handler,
    Scripted,
    always,
    always_page,
    cut_short,
    exchanges_at,
    hang,
)

METHODS = {
    Exchange.BINANCE_SPOT: "public_get_klines",
    Exchange.MEXC_SPOT: "spot_public_get_klines",
    Exchange.GATEIO_SPOT: "public_spot_get_candlesticks",
    Exchange.BYBIT_FUTURES: "public_get_v5_market_kline",
}


async def raw(_: web.Request, body: bytes, status: int = 200) -> web.StreamResponse:
    return web.Response(body=body, status=status, content_type="application/json")


def sends(body: bytes) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        return await raw(request, body)

    return answer


async def ask(exchanges: Exchanges, exchange: Exchange) -> list[Any]:
    path = ("result", "list") if exchange is Exchange.BYBIT_FUTURES else ()
    return await exchanges[exchange].call(
        METHODS[exchange],
        {"symbol": "BTCUSDT", "interval": "1m"},
        weight=1,
        expect=rows_at(*path),
        subject="BTCUSDT 1m",
    )


EVERYWHERE: list[tuple[str, Handler, type[errors.ExchangeError]]] = [
    ("429 page", always_page(429), errors.RateLimited),
    ("429 json", always({"oops": 1}, 429), errors.RateLimited),
    ("418", always({}, 418), errors.Banned),
    ("403 page", always_page(403), errors.Banned),
    ("403 json", always({"ret_msg": "access too frequent"}, 403), errors.Banned),
    ("400 page", always_page(400), errors.Refused),
    ("404 page", always_page(404), errors.Refused),
    ("405 page", always_page(405), errors.Refused),
    ("451 page", always_page(451), errors.Refused),
    ("302", always_page(302), errors.Refused),
    ("401 page", always_page(401), errors.BadCredentials),
    *[
        (f"{status} page", always_page(status), errors.Unreachable)
        for status in (408, 500, 502, 503, 504, 520, 524, 529)
    ],
    ("500 json without code", always({"error": "oops"}, 500), errors.Unreachable),
    ("500 json with code", always({"code": 500, "msg": "oops"}, 500), errors.Unreachable),
    ("500 empty", always("", 500), errors.Unreachable),
    ("200 page", always_page(200), errors.BadResponse),
    ("200 empty", always(""), errors.BadResponse),
    ("200 null", always("null"), errors.BadResponse),
    ("200 {}", always({}), errors.BadResponse),
    ("200 truncated", sends(b'[[1700000000000,"1","2'), errors.BadResponse),
    ("200 NaN", sends(b"[[1700000000000,NaN]]"), errors.BadResponse),
    ("200 not UTF-8", sends(b'["\xff\xfe"]'), errors.BadResponse),
    ("body cut short", cut_short, errors.Unreachable),
]
CODES: list[tuple[Exchange, int, dict[str, Any], type[errors.ExchangeError]]] = [
    (Exchange.BINANCE_SPOT, 400, {"code": -1121, "msg": "Invalid symbol."}, errors.UnknownSymbol),
    (Exchange.BINANCE_SPOT, 400, {"code": -1021, "msg": "recvWindow"}, errors.ClockSkewed),
    (Exchange.BINANCE_SPOT, 400, {"code": -1003, "msg": "Too much"}, errors.RateLimited),
    (Exchange.BINANCE_SPOT, 400, {"code": -1001, "msg": "Disconnected"}, errors.Unreachable),
    (Exchange.BINANCE_SPOT, 401, {"code": -2015, "msg": "Invalid key"}, errors.BadCredentials),
    (Exchange.BINANCE_SPOT, 400, {"code": -1100, "msg": "Illegal"}, errors.Refused),
    (Exchange.BINANCE_SPOT, 200, {"code": -999999, "msg": "?"}, errors.Refused),
    (Exchange.MEXC_SPOT, 400, {"code": 10072, "msg": "bad key"}, errors.BadCredentials),
    (Exchange.MEXC_SPOT, 400, {"code": 700006, "msg": "bad ip"}, errors.BadCredentials),
    (Exchange.MEXC_SPOT, 400, {"code": 700003, "msg": "time"}, errors.ClockSkewed),
    (Exchange.MEXC_SPOT, 400, {"code": -1121, "msg": "Invalid symbol."}, errors.UnknownSymbol),
    (Exchange.MEXC_SPOT, 200, {"code": 510, "msg": "too frequent"}, errors.RateLimited),
    (Exchange.GATEIO_SPOT, 401, {"label": "REQUEST_EXPIRED", "message": "x"}, errors.ClockSkewed),
    (Exchange.GATEIO_SPOT, 401, {"label": "INVALID_KEY", "message": "x"}, errors.BadCredentials),
    (Exchange.GATEIO_SPOT, 403, {"label": "FORBIDDEN", "message": "x"}, errors.BadCredentials),
    (
        Exchange.GATEIO_SPOT,
        400,
        {"label": "INVALID_CURRENCY_PAIR", "message": "x"},
        errors.UnknownSymbol,
    ),
    (
        Exchange.GATEIO_SPOT,
        400,
        {
            "label": "INVALID_PARAM_VALUE",
            "message": "Candlestick too long ago. Maximum 10000 points recently are allowed",
        },
        errors.OutOfHorizon,
    ),
    (
        Exchange.GATEIO_SPOT,
        400,
        {"label": "INVALID_PARAM_VALUE", "message": "Candlestick range too broad."},
        errors.Refused,
    ),
    (Exchange.BYBIT_FUTURES, 200, {"retCode": 10000, "retMsg": "Timeout"}, errors.Unreachable),
    (Exchange.BYBIT_FUTURES, 200, {"retCode": 10016, "retMsg": "error"}, errors.Unreachable),
    (Exchange.BYBIT_FUTURES, 200, {"retCode": 10429, "retMsg": "busy"}, errors.RateLimited),
    (Exchange.BYBIT_FUTURES, 200, {"retCode": 10006, "retMsg": "limit"}, errors.RateLimited),
    (Exchange.BYBIT_FUTURES, 200, {"retCode": 10002, "retMsg": "time"}, errors.ClockSkewed),
    (Exchange.BYBIT_FUTURES, 200, {"retCode": 10003, "retMsg": "key"}, errors.BadCredentials),
    (
        Exchange.BYBIT_FUTURES,
        200,
        {"retCode": 10001, "retMsg": "Not supported symbols"},
        errors.UnknownSymbol,
    ),
    (Exchange.BYBIT_FUTURES, 200, {"retCode": 10001, "retMsg": "params error"}, errors.Refused),
]


@pytest.mark.parametrize("exchange", METHODS)
@pytest.mark.parametrize(
    ("answer", "kind"), [row[1:] for row in EVERYWHERE], ids=[row[0] for row in EVERYWHERE]
)
async def test_each_wire_event_is_the_right_error(
    exchanges: Exchanges,
    script: Scripted,
    exchange: Exchange,
    answer: Handler,
    kind: type[errors.ExchangeError],
) -> None:
    script.say(answer)
    with pytest.raises(errors.ExchangeError) as caught:
        await ask(exchanges, exchange)
    assert type(caught.value) is kind
    expected = QUICK.attempts if issubclass(kind, errors.Transient) else 1
    assert len(script.requests) == expected
    assert f"{exchange} BTCUSDT 1m" in str(caught.value)
    assert script.url not in str(caught.value)


@pytest.mark.parametrize(("exchange", "status", "body", "kind"), CODES)
async def test_each_code_is_the_right_error(
    exchanges: Exchanges,
    script: Scripted,
    exchange: Exchange,
    status: int,
    body: dict[str, Any],
    kind: type[errors.ExchangeError],
) -> None:
    script.say(always(body, status))
    with pytest.raises(errors.ExchangeError) as caught:
        await ask(exchanges, exchange)
    assert type(caught.value) is kind
    said = str(body.get("msg") or body.get("message") or body.get("retMsg"))
    assert said in str(caught.value)


async def test_a_timeout_is_transient(script: Scripted) -> None:
    script.say(hang)
    async with exchanges_at(script.url, timeout_seconds=0.05) as exchanges:
        with pytest.raises(errors.Unreachable, match="no answer in time"):
            await ask(exchanges, Exchange.BINANCE_SPOT)


async def test_a_refused_connection_is_transient(script: Scripted) -> None:
    async with exchanges_at("http://127.0.0.1:1") as exchanges:
        with pytest.raises(errors.Unreachable, match="no connection"):
            await ask(exchanges, Exchange.BYBIT_FUTURES)


async def test_an_empty_list_is_an_answer(exchanges: Exchanges, script: Scripted) -> None:
    script.say(always([]))
    assert await ask(exchanges, Exchange.BINANCE_SPOT) == []
