"""Unmodified ccxt clients read trades, settled funding and own fills off the simulator."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import ccxt.async_support as ccxt
import pytest

from arb_pipeline.model import DAY_MS, Company, Exchange, Interval
from arb_pipeline.simulator import Simulator, trades
from arb_pipeline.simulator.funding import settled
from arb_pipeline_tests.simulator.asking import MINUTE, NOW, unmodified_client

KEY, SECRET = "the-api-key", "the-api-secret"
HOUR = 60 * MINUTE
SPOT, SWAP = "BTC/USDT", "BTC/USDT:USDT"
MARKETS = [
    (exchange, SWAP if exchange.value.endswith("FUTURES") else SPOT) for exchange in Exchange
]
each_market = pytest.mark.parametrize(("exchange", "symbol"), MARKETS)


def id_of(exchange: Exchange) -> str:
    return "BTC_USDT" if exchange.company is Company.GATEIO else "BTCUSDT"


def asked(exchange: Exchange, since: int) -> dict[str, Any]:
    """What ccxt needs besides ``since`` to look at one hour."""
    if exchange is Exchange.MEXC_SPOT:
        return {"since": since, "limit": 1000, "params": {"until": since + HOUR // 2}}
    if exchange.company is Company.BYBIT:
        return {"limit": 60}
    if exchange.company is Company.GATEIO:
        return {"limit": 1000}
    return {"since": since, "limit": 1000}


@each_market
async def test_trades_fetched_by_ccxt_are_the_simulators(
    simulator: Simulator, exchange: Exchange, symbol: str
) -> None:
    simulator.clock.freeze(NOW)
    listed = simulator.listings.get(exchange, id_of(exchange))
    async with unmodified_client(exchange.company, simulator.base_url) as client:
        found = await client.fetch_trades(symbol, **asked(exchange, NOW - 3 * HOUR))
    assert len(found) >= 60
    span = trades.between(listed, found[0]["timestamp"], found[-1]["timestamp"], NOW)
    # Where a page begins or ends within a millisecond, some of it lie outside.
    inner = slice(25, -25)
    # By value: ccxt cuts zeros off where it reads Gate's spot.
    known = [(one.time, one.price, Decimal(one.quantity)) for one in span]
    mine = [(one["timestamp"], one["price"], Decimal(one["amount"])) for one in found]
    assert set(mine) <= set(known)
    assert set(known[inner]) <= set(mine)
    assert {one["side"] for one in found} == {"buy", "sell"}


@pytest.mark.parametrize("exchange", [e for e in Exchange if e.value.endswith("FUTURES")])
async def test_funding_fetched_by_ccxt_is_the_simulators(
    simulator: Simulator, exchange: Exchange
) -> None:
    simulator.clock.freeze(NOW)
    since = NOW - 20 * DAY_MS
    async with unmodified_client(exchange.company, simulator.base_url) as client:
        found = await client.fetch_funding_rate_history(SWAP, since=since, limit=100)
    listed = simulator.listings.get(exchange, id_of(exchange))
    known = settled(listed, since, NOW)
    assert [(one["timestamp"], one["fundingRate"]) for one in found] == known
    assert len(known) == 60


@each_market
async def test_fills_fetched_by_ccxt_are_the_accounts(
    simulator: Simulator, exchange: Exchange, symbol: str
) -> None:
    simulator.clock.freeze(NOW)
    simulator.accounts.update(dict.fromkeys(Company, (KEY, SECRET)))
    window = Interval(NOW - 6 * HOUR, NOW - 4 * HOUR)
    made = simulator.trade(exchange, id_of(exchange), window, every=60)
    async with unmodified_client(exchange.company, simulator.base_url) as client:
        client.apiKey, client.secret = KEY, SECRET
        client.nonce = simulator.clock.now
        client.options |= {"unifiedAccount": False, "enableUnifiedAccount": True}
        client.options |= {"enableUnifiedMargin": False, "fetchMargins": False}
        client.has["fetchCurrencies"] = client.options["fetchCurrencies"] = False
        found = await client.fetch_my_trades(symbol, since=window.start, limit=100)
    assert [(one["timestamp"], one["id"], one["price"]) for one in found] == [
        (one.time, str(one.number), one.price) for one in made
    ]
    assert [Decimal(one["amount"]) for one in found] == [Decimal(one.quantity) for one in made]
    assert [one["side"] for one in found] == ["sell" if one.sold else "buy" for one in made]
    assert [one["takerOrMaker"] == "maker" for one in found] == [one.is_maker for one in made]
    assert [Decimal(one["fee"]["cost"]) for one in found] == [Decimal(one.fee) for one in made]


@pytest.mark.parametrize(
    ("exchange", "days", "refused"),
    [
        (Exchange.BINANCE_SPOT, 1, "-1127"),
        (Exchange.BINANCE_FUTURES, 7, "-1127"),
        (Exchange.GATEIO_SPOT, 30, "INVALID_PARAM_VALUE"),
        (Exchange.BYBIT_SPOT, 7, "10001"),
    ],
)
async def test_windows_longer_than_allowed_are_refused(
    simulator: Simulator, exchange: Exchange, days: int, refused: str
) -> None:
    simulator.clock.freeze(NOW)
    simulator.accounts.update(dict.fromkeys(Company, (KEY, SECRET)))
    start, end = NOW - days * DAY_MS - MINUTE, NOW
    methods: dict[Exchange, tuple[str, dict[str, Any]]] = {
        Exchange.BINANCE_SPOT: ("privateGetMyTrades", {"symbol": "BTCUSDT"}),
        Exchange.BINANCE_FUTURES: ("fapiPrivateGetUserTrades", {"symbol": "BTCUSDT"}),
        Exchange.GATEIO_SPOT: ("privateSpotGetMyTrades", {"currency_pair": "BTC_USDT"}),
        Exchange.BYBIT_SPOT: (
            "privateGetV5ExecutionList", {"category": "spot", "symbol": "BTCUSDT"},
        ),
    }  # fmt: skip
    method, parameters = methods[exchange]
    names = ("from", "to") if exchange is Exchange.GATEIO_SPOT else ("startTime", "endTime")
    unit = 1000 if exchange is Exchange.GATEIO_SPOT else 1
    async with unmodified_client(exchange.company, simulator.base_url) as client:
        client.apiKey, client.secret = KEY, SECRET
        client.nonce = simulator.clock.now
        times = dict(zip(names, (start // unit, end // unit), strict=True))
        with pytest.raises(ccxt.BaseError, match=refused):
            await getattr(client, method)({**parameters, **times})
        times[names[0]] += MINUTE // unit
        assert await getattr(client, method)({**parameters, **times}) is not None
