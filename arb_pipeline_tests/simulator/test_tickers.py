"""Tickers and books in each company's words: types, weights, refusals."""

from __future__ import annotations

from decimal import Decimal

import pytest

from arb_pipeline.model import Exchange
from arb_pipeline.simulator import Fault, FaultKind, Simulator
from arb_pipeline_tests.simulator.asking import NOW, ask, ask_with
from arb_pipeline_tests.simulator.snapshots import (
    BOOK_TICKERS,
    BOOKS,
    TICKERS,
    by_id,
    id_of,
    symbol_parameter,
)

SPOT, FUTURES = "binance/api/v3", "binance/fapi/v1"
PREMIUM = f"{FUTURES}/premiumIndex"
ONE = {"symbol": "BTCUSDT"}


@pytest.mark.parametrize(
    ("path", "query", "weight"),
    [
        (f"{SPOT}/ticker/24hr", {}, 80),
        (f"{SPOT}/ticker/24hr", ONE, 2),
        (f"{SPOT}/ticker/24hr", {"symbols": '["BTCUSDT","ETHUSDT"]'}, 2),
        (f"{SPOT}/ticker/bookTicker", {}, 4),
        (f"{SPOT}/ticker/bookTicker", ONE, 2),
        (f"{SPOT}/ticker/bookTicker", {"symbols": '["BTCUSDT"]'}, 4),
        (f"{SPOT}/depth", ONE, 5),
        (f"{SPOT}/depth", {**ONE, "limit": 500}, 25),
        (f"{SPOT}/depth", {**ONE, "limit": 5000}, 250),
        (f"{FUTURES}/ticker/24hr", {}, 40),
        (f"{FUTURES}/ticker/24hr", ONE, 1),
        (f"{FUTURES}/ticker/bookTicker", {}, 5),
        (f"{FUTURES}/ticker/bookTicker", ONE, 2),
        (f"{FUTURES}/depth", ONE, 10),
        (f"{FUTURES}/depth", {**ONE, "limit": 5}, 2),
        (PREMIUM, {}, 10),
        (PREMIUM, ONE, 1),
        (f"{FUTURES}/fundingInfo", {}, 0),
        ("gate/api/v4/spot/tickers", {}, 1),
        ("bybit/v5/market/tickers", {"category": "linear"}, 1),
    ],
)
def test_weights(offline: Simulator, path: str, query: dict[str, str], weight: int) -> None:
    assert ask(offline, path, **query).status == 200
    assert [record.weight for record in offline.requests] == [weight]


@pytest.mark.parametrize(
    ("path", "query", "status", "code"),
    [
        (f"{SPOT}/ticker/24hr", {"symbol": "NOPE"}, 400, -1121),
        (f"{SPOT}/ticker/24hr", {"symbols": '["BTCUSDT","NOPE"]'}, 400, -1121),
        (f"{SPOT}/ticker/24hr", {"symbols": "BTCUSDT"}, 400, -1100),
        (f"{SPOT}/ticker/bookTicker", {**ONE, "symbols": '["BTCUSDT"]'}, 400, -1128),
        (f"{FUTURES}/ticker/bookTicker", {"symbol": "LUNCUSDT"}, 400, -1121),
        (f"{SPOT}/depth", {}, 400, -1102),
        (f"{FUTURES}/depth", {**ONE, "limit": 7}, 400, -4021),
        ("mexc/api/v3/depth", {"symbol": "NOPE"}, 400, -1121),
        ("gate/api/v4/spot/tickers", {"currency_pair": "NO_PE"}, 400, "INVALID_CURRENCY_PAIR"),
        ("gate/api/v4/futures/usdt/tickers", {"contract": "NO"}, 400, "CONTRACT_NOT_FOUND"),
        ("gate/api/v4/spot/order_book", {}, 400, "INVALID_CURRENCY_PAIR"),
        (
            "gate/api/v4/futures/usdt/order_book",
            {"contract": "BTC_USDT", "limit": 301},
            400,
            "INVALID_PARAM_VALUE",
        ),
        ("bybit/v5/market/tickers", {"category": "moon"}, 200, 10001),
        ("bybit/v5/market/tickers", {"category": "spot", "symbol": "NOPE"}, 200, 10001),
        ("bybit/v5/market/orderbook", {"category": "spot", **ONE, "limit": 201}, 200, 10001),
    ],
)
def test_refusals(
    offline: Simulator, path: str, query: dict[str, str], status: int, code: object
) -> None:
    reply = ask(offline, path, **query)
    assert reply.status == status
    assert code in (reply.body.get("code"), reply.body.get("label"), reply.body.get("retCode"))


def test_binances_rows(offline: Simulator) -> None:
    some = ask(offline, f"{SPOT}/ticker/24hr", symbols='["ETHUSDT","币安人生USDT"]').body
    assert {row["symbol"] for row in some} == {"ETHUSDT", "币安人生USDT"}
    row = some[0]
    numbers = {"openTime", "closeTime", "firstId", "lastId", "count"}
    assert {name for name, value in row.items() if isinstance(value, int)} == numbers
    assert len(row) == 21
    assert row["closeTime"] == NOW
    # Futures send no quotes with the day, which is how clients tell them from spot.
    futures = by_id(ask(offline, f"{FUTURES}/ticker/24hr").body)
    assert "bidQty" not in futures["BTCUSDT"]
    top = ask(offline, f"{FUTURES}/ticker/bookTicker", **ONE).body
    assert (top["time"], type(top["lastUpdateId"])) == (NOW, int)
    spot = by_id(ask(offline, f"{SPOT}/ticker/bookTicker").body)
    assert set(spot["BTCUSDT"]) == {"symbol", "bidPrice", "bidQty", "askPrice", "askQty"}
    # Spot goes on listing what is no longer traded, as zeros; futures do not.
    halted = by_id(ask(offline, f"{SPOT}/ticker/24hr").body)["LUNCUSDT"]
    assert {halted["lastPrice"], spot["LUNCUSDT"]["bidPrice"]} == {"0.00000000"}
    assert "LUNCUSDT" not in futures


def test_mexcs_rows(offline: Simulator) -> None:
    row = by_id(ask(offline, "mexc/api/v3/ticker/24hr").body)["BTCUSDT"]
    assert row["count"] is None
    assert "weightedAvgPrice" not in row
    assert "timestamp" not in row
    last, opened = Decimal(row["lastPrice"]), Decimal(row["openPrice"])
    assert abs(Decimal(row["priceChangePercent"]) - (last / opened - 1)) < Decimal("0.0001")
    # A list of symbols is not understood: everything is sent.
    assert len(ask(offline, "mexc/api/v3/ticker/bookTicker", symbols='["BTCUSDT"]').body) > 20
    assert ask(offline, "mexc/api/v3/depth", **ONE).body["timestamp"] == NOW


def test_gates_rows(offline: Simulator) -> None:
    spot = by_id(ask(offline, "gate/api/v4/spot/tickers").body)
    assert all(isinstance(value, str) for value in spot["BTC_USDT"].values())
    assert "mark_price" not in spot["BTC_USDT"]
    assert (spot["LUNC_USDT"]["highest_bid"], spot["LUNC_USDT"]["lowest_ask"]) == ("", "")
    assert Decimal(spot["LUNC_USDT"]["last"]) > 0
    offline.clock.advance(3_600_000)
    assert by_id(ask(offline, "gate/api/v4/spot/tickers").body)["LUNC_USDT"] == spot["LUNC_USDT"]
    offline.clock.freeze(NOW)
    futures = by_id(ask(offline, "gate/api/v4/futures/usdt/tickers").body)
    row = futures["BTC_USDT"]
    assert Decimal(row["volume_24h_base"]) == Decimal(row["volume_24h"]) * Decimal("0.0001")
    assert "LUNC_USDT" not in futures
    path, name = "gate/api/v4/spot/order_book", {"currency_pair": "BTC_USDT"}
    book = ask(offline, path, **name, with_id="true").body
    assert (book["current"], book["update"], type(book["id"])) == (NOW, NOW, int)
    assert len(book["bids"]) == 10
    assert "id" not in ask(offline, path, **name).body
    path = "gate/api/v4/futures/usdt/order_book"
    book = ask(offline, path, contract="BTC_USDT").body
    assert book["current"] == NOW / 1000
    assert {type(level["s"]) for level in book["bids"]} == {int}
    exact = ask_with(offline, {"X-Gate-Size-Decimal": "1"}, path, contract="BTC_USDT").body
    assert [level["s"] for level in exact["asks"]] == [str(level["s"]) for level in book["asks"]]


def test_bybits_rows(offline: Simulator) -> None:
    spot = by_id(ask(offline, "bybit/v5/market/tickers", category="spot").body)["BTCUSDT"]
    assert "openInterestValue" not in spot
    linear = by_id(ask(offline, "bybit/v5/market/tickers").body)
    assert all(isinstance(value, str) for row in linear.values() for value in row.values())
    assert ask(offline, "bybit/v5/market/tickers", category="option").body["result"]["list"] == []
    book = ask(offline, "bybit/v5/market/orderbook", **ONE).body["result"]
    assert (book["s"], book["ts"], len(book["b"]), type(book["u"])) == ("BTCUSDT", NOW, 25, int)


@pytest.mark.parametrize("exchange", list(Exchange))
def test_a_fault_of_one_exchange_hits_its_snapshots_and_no_others(
    offline: Simulator, exchange: Exchange
) -> None:
    offline.faults.add(Fault(FaultKind.HTTP_500, exchange=exchange))
    for other in Exchange:
        name = {symbol_parameter(other): id_of(other)}
        for path, query in (TICKERS[other], BOOK_TICKERS[other], BOOKS[other]):
            wanted = query if path in (TICKERS[other][0],) else query | name
            assert (ask(offline, path, **wanted).status == 500) is (other is exchange)
