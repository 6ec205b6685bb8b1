"""Signed requests and what must never be seen of them."""

from __future__ import annotations

import hashlib
import hmac
import logging
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr

from arb_pipeline.exchanges import Connection, Exchanges, open_exchanges
from arb_pipeline.exchanges.errors import (
    BadCredentials,
    Refused,
)
from arb_pipeline.exchanges.shapes import rows_at
from arb_pipeline.model import Company, Exchange
from arb_pipeline_tests.exchanges.scripted import (
    QUICK,
    Handler,
    Scripted,
    always,
    reply,
)

KEY, SECRET = "the-api-key", "the-api-secret"


async def test_a_signed_endpoint_without_credentials_is_not_even_asked(
    exchanges: Exchanges, script: Scripted
) -> None:
    script.say(always({"serverTime": 1_800_000_000_000}))
    client = exchanges[Exchange.BINANCE_SPOT]
    assert not client.has_credentials
    with pytest.raises(BadCredentials, match="BINANCE_API_KEY"):
        await client.call(
            "private_get_account", {}, weight=20, expect=lambda payload: payload, subject="balance"
        )
    assert script.targets == ["/api/v3/time"]


def signed_by(time_answer: Any, refusal: Any) -> Handler:
    async def answer(request: web.Request) -> web.Response:
        if request.path.endswith("/time"):
            return reply(time_answer)
        return reply(refusal, 400)

    return answer


async def test_signatures_hold_at_the_exchanges_time_and_secrets_stay_inside(
    script: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    script.say(signed_by({"serverTime": 1_700_000_000_000}, {"code": -1100, "msg": "no"}))
    connection = Connection(script.url, SecretStr(KEY), SecretStr(SECRET))
    with caplog.at_level(logging.DEBUG):
        async with open_exchanges({Company.BINANCE: connection}, retry=QUICK) as exchanges:
            with pytest.raises(Refused) as caught:
                await exchanges[Exchange.BINANCE_SPOT].call(
                    "private_get_account", {}, weight=20, expect=rows_at(), subject="balance"
                )
    signed = script.requests[-1]
    assert abs(int(signed.query["timestamp"]) - 1_700_000_000_000) < 5000
    text, _, signature = signed.query_string.partition("&signature=")
    assert signature == hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
    assert signed.headers["X-MBX-APIKEY"] == KEY
    for shown in (caplog.text, repr(connection), str(caught.value), repr(caught.value)):
        assert KEY not in shown
        assert SECRET not in shown
        assert signature not in shown


@pytest.mark.parametrize("before", [0, 150, 190, 195])
async def test_what_is_repeated_of_a_request_is_not_shown(script: Scripted, before: int) -> None:
    """Also where the end of a cause cuts it in two."""

    async def repeats(request: web.Request) -> web.Response:
        if request.path.endswith("/time"):
            return reply({"serverTime": 1_700_000_000_000})
        said = f"{'.' * before}{request.headers['X-MBX-APIKEY']} {request.path_qs}"
        return web.Response(text=said, status=400)

    script.say(repeats)
    connection = Connection(script.url, SecretStr(KEY), SecretStr(SECRET))
    async with open_exchanges({Company.BINANCE: connection}, retry=QUICK) as exchanges:
        with pytest.raises(Refused) as caught:
            await exchanges[Exchange.BINANCE_SPOT].call(
                "private_get_account", {}, weight=20, expect=rows_at(), subject="balance"
            )
    signature = script.requests[-1].query["signature"]
    for shown in (str(caught.value), repr(caught.value)):
        assert KEY[:5] not in shown
        assert signature[:5] not in shown


async def test_a_refused_timestamp_measures_the_clock_anew(script: Scripted) -> None:
    script.say(signed_by({"serverTime": 1_700_000_000_000}, {"code": -1021, "msg": "time"}))
    connection = Connection(script.url, SecretStr(KEY), SecretStr(SECRET))
    async with open_exchanges({Company.BINANCE: connection}, retry=QUICK) as exchanges:
        with pytest.raises(Exception, match="ClockSkewed"):
            await exchanges[Exchange.BINANCE_SPOT].call(
                "private_get_account", {}, weight=20, expect=rows_at(), subject="balance"
            )
    paths = [request.path for request in script.requests]
    assert paths == ["/api/v3/time", "/api/v3/account"] * QUICK.attempts


async def test_bybit_signs_what_is_sent(script: Scripted) -> None:
    script.say(always({"retCode": 0, "result": {}, "time": 1_700_000_000_000}))
    connection = Connection(script.url, SecretStr(KEY), SecretStr(SECRET))
    async with open_exchanges({Company.BYBIT: connection}, retry=QUICK) as exchanges:
        await exchanges[Exchange.BYBIT_SPOT].call(
            "private_get_v5_execution_list",
            {"category": "spot", "symbol": "币安人生USDT"},
            weight=1,
            expect=lambda payload: payload,
            subject="fills",
        )
    signed = script.requests[-1]
    query = signed.raw_path.partition("?")[2]
    assert query == "category=spot&symbol=%E5%B8%81%E5%AE%89%E4%BA%BA%E7%94%9FUSDT"
    headers = signed.headers
    text = headers["X-BAPI-TIMESTAMP"] + KEY + headers["X-BAPI-RECV-WINDOW"] + query
    expected = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
    assert headers["X-BAPI-SIGN"] == expected
