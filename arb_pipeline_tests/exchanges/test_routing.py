"""Where requests really go, over real HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from arb_pipeline.exchanges import Connection, Counters, Exchanges, open_exchanges
from arb_pipeline.exchanges.catalog import VENUES
from arb_pipeline.exchanges.errors import (
    NotSupported,
)
from arb_pipeline.exchanges.session import Route
from arb_pipeline.exchanges.shapes import rows_at
from arb_pipeline.model import Company, Exchange
from arb_pipeline_tests.exchanges.scripted import (
    QUICK,
    Scripted,
    always,
    exchanges_at,
)


async def klines(exchanges: Exchanges, tally: Counters | None = None) -> list[Any]:
    return await exchanges[Exchange.BINANCE_SPOT].call(
        "public_get_klines",
        {"symbol": "币安人生USDT", "interval": "1m"},
        weight=2,
        expect=rows_at(),
        subject="币安人生USDT",
        tally=tally,
    )


@pytest.mark.parametrize(
    ("exchange", "method", "target"),
    [
        (Exchange.BINANCE_SPOT, "public_get_klines", "/api/v3/klines?symbol=%E5%B8%81-1%24"),
        (
            Exchange.BINANCE_FUTURES,
            "fapipublic_get_klines",
            "/fapi/v1/klines?symbol=%E5%B8%81-1%24",
        ),
        (Exchange.MEXC_SPOT, "spot_public_get_klines", "/api/v3/klines?symbol=%E5%B8%81-1%24"),
        (
            Exchange.GATEIO_SPOT,
            "public_spot_get_candlesticks",
            "/api/v4/spot/candlesticks?symbol=%E5%B8%81-1%24",
        ),
        (
            Exchange.BYBIT_SPOT,
            "public_get_v5_market_instruments_info",
            "/v5/market/instruments-info?symbol=%E5%B8%81-1$",
        ),
    ],
)
async def test_the_host_is_exchanged_and_the_rest_stays(
    script: Scripted, exchange: Exchange, method: str, target: str
) -> None:
    script.say(always({"retCode": 0, "result": []}))
    async with exchanges_at(f"{script.url}/prefix/") as exchanges:
        await exchanges[exchange].call(
            method, {"symbol": "币-1$"}, weight=1, expect=lambda payload: payload, subject="x"
        )
    assert script.targets == ["/prefix" + target]


async def test_a_cursor_of_bybits_goes_back_letter_by_letter(
    exchanges: Exchanges, script: Scripted
) -> None:
    script.say(always({"retCode": 0, "result": {}}))
    await exchanges[Exchange.BYBIT_FUTURES].call(
        "public_get_v5_market_instruments_info",
        {"cursor": "first%3DBTC%26x", "flag": True},
        weight=1,
        expect=lambda payload: payload,
        subject="x",
    )
    assert script.targets == ["/v5/market/instruments-info?cursor=first%3DBTC%26x&flag=true"]


@pytest.mark.parametrize(
    ("exchange", "origin"),
    [
        (Exchange.BINANCE_SPOT, "https://testnet.binance.vision"),
        (Exchange.BINANCE_FUTURES, "https://testnet.binancefuture.com"),
        (Exchange.GATEIO_SPOT, "https://api-testnet.gateapi.io"),
        (Exchange.BYBIT_FUTURES, "https://api-testnet.bybit.com"),
    ],
)
def test_a_test_system_is_reached_by_the_same_way(exchange: Exchange, origin: str) -> None:
    host = VENUES[exchange].host
    route = Route(exchange, Connection(testnet=True))
    assert str(route.resolve(f"https://{host}/a/b?c=%E5%B8%81")) == f"{origin}/a/b?c=%E5%B8%81"
    plain = Route(exchange, Connection())
    assert str(plain.resolve(f"https://{host}/a")) == f"https://{host}/a"


async def test_an_exchange_without_a_test_system_says_so_and_hinders_no_other(
    script: Scripted,
) -> None:
    script.say(always([]))
    connections = {
        Company.MEXC: Connection(testnet=True),
        Company.BINANCE: Connection(base_url=script.url),
    }
    async with open_exchanges(connections, retry=QUICK) as exchanges:
        with pytest.raises(NotSupported, match=r"MEXC_SPOT.*no test system.*MEXC_TESTNET"):
            exchanges[Exchange.MEXC_SPOT]
        assert await klines(exchanges) == []


async def test_a_redirected_exchange_never_asks_a_host_without_a_stand_in(
    exchanges: Exchanges,
) -> None:
    with pytest.raises(NotSupported, match=r"dapi\.binance\.com has no stand-in"):
        await exchanges[Exchange.BINANCE_SPOT].call(
            "dapipublic_get_time", {}, weight=1, expect=rows_at(), subject="x"
        )


async def test_clients_are_made_once_and_all_exchanges_are_there(exchanges: Exchanges) -> None:
    assert list(exchanges) == list(Exchange)
    assert exchanges[Exchange.GATEIO_SPOT] is exchanges[Exchange.GATEIO_SPOT]
    assert exchanges[Exchange.GATEIO_SPOT] is not exchanges[Exchange.GATEIO_FUTURES]
