"""Injected faults of single fields and rows, and faults that end by themselves."""

from __future__ import annotations

import time

import pytest

from arb_pipeline.model import Company, Exchange
from arb_pipeline.simulator import Fault, FaultKind, Simulator
from arb_pipeline_tests.simulator.asking import NOW, ask
from arb_pipeline_tests.simulator.snapshots import BOOK_TICKERS, TICKERS, by_id, id_of

HOUR = 3_600_000
PRICES = {
    Company.BINANCE: "bidPrice",
    Company.MEXC: "bidPrice",
    Company.GATEIO: "highest_bid",
    Company.BYBIT: "bid1Price",
}


@pytest.mark.parametrize("exchange", list(Exchange))
@pytest.mark.parametrize("value", ["-1.5", "NaN", "0", None, 7, [], "X" * 70])
def test_one_field_of_one_row_is_set(offline: Simulator, exchange: Exchange, value: object) -> None:
    path, query = BOOK_TICKERS[exchange]
    true = by_id(ask(offline, path, **query).body)
    name = PRICES[exchange.company]
    offline.faults.add(
        Fault(
            FaultKind.SET_FIELD, exchange=exchange, row_of=id_of(exchange), field_name=name,
            value=value,
        )
    )  # fmt: skip
    broken = by_id(ask(offline, path, **query).body)
    assert broken.pop(id_of(exchange)) == true.pop(id_of(exchange)) | {name: value}
    assert broken == true


@pytest.mark.parametrize("exchange", list(Exchange))
def test_a_row_is_left_out(offline: Simulator, exchange: Exchange) -> None:
    path, query = TICKERS[exchange]
    true = by_id(ask(offline, path, **query).body)
    offline.faults.add(Fault(FaultKind.DROP_ROW, exchange=exchange, row_of=id_of(exchange)))
    left = by_id(ask(offline, path, **query).body)
    assert left == {id_: row for id_, row in true.items() if id_ != id_of(exchange)}


@pytest.mark.parametrize(
    ("path", "query", "name"),
    [
        ("binance/fapi/v1/ticker/bookTicker", {"symbol": "BTCUSDT"}, "time"),
        ("binance/api/v3/ticker/24hr", {"symbol": "BTCUSDT"}, "closeTime"),
        ("binance/api/v3/time", {}, "serverTime"),
        ("mexc/api/v3/depth", {"symbol": "BTCUSDT"}, "timestamp"),
        ("gate/api/v4/spot/order_book", {"currency_pair": "BTC_USDT"}, "current"),
        ("bybit/v5/market/tickers", {"category": "spot"}, "time"),
    ],
)
def test_a_clock_goes_an_hour_ahead(
    offline: Simulator, path: str, query: dict[str, str], name: str
) -> None:
    offline.faults.add(Fault(FaultKind.SHIFT_FIELD, field_name=name, value=HOUR))
    assert ask(offline, path, **query).body[name] == NOW + HOUR
    offline.clock.advance(5)
    assert ask(offline, path, **query).body[name] == NOW + HOUR + 5


def test_times_that_are_text_stay_text(offline: Simulator) -> None:
    offline.faults.add(
        Fault(FaultKind.SHIFT_FIELD, field_name="nextFundingTime", row_of="BTCUSDT", value=-1)
    )
    rows = by_id(ask(offline, "bybit/v5/market/tickers", category="linear").body)
    assert int(rows["BTCUSDT"]["nextFundingTime"]) == int(rows["ETHUSDT"]["nextFundingTime"]) - 1


@pytest.mark.parametrize(
    ("kind", "more", "told"),
    [
        (FaultKind.DROP_ROW, {}, "row_of"),
        (FaultKind.SET_FIELD, {"row_of": "BTC"}, "field_name"),
        (FaultKind.SHIFT_FIELD, {"field_name": "time", "value": "1h"}, "whole number"),
    ],
)
def test_what_a_fault_needs(kind: FaultKind, more: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Fault(kind, **more)  # type: ignore[arg-type]


def test_a_ban_tells_what_is_left_of_it_and_ends(
    offline: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    offline.faults.add(Fault(FaultKind.BAN_418, exchange=Exchange.BINANCE_SPOT, seconds=90))
    path = "binance/api/v3/ticker/bookTicker"
    assert ask(offline, path).headers["Retry-After"] == "90"
    now += 60.5
    reply = ask(offline, path)
    assert (reply.status, reply.headers["Retry-After"]) == (418, "30")
    assert f"banned until {NOW + 30_000}" in reply.body["msg"]
    assert ask(offline, "binance/fapi/v1/ticker/bookTicker").status == 200
    assert len(offline.faults.all()) == 1
    now += 30
    assert ask(offline, path).status == 200
    assert not offline.faults.all()


@pytest.mark.parametrize(
    "kind", [FaultKind.HTML_200, FaultKind.TRUNCATED_JSON_200, FaultKind.EMPTY_LIST_200]
)
@pytest.mark.parametrize("exchange", list(Exchange))
def test_answers_break_as_a_whole(offline: Simulator, exchange: Exchange, kind: FaultKind) -> None:
    path, query = BOOK_TICKERS[exchange]
    prefix, _, rest = path.partition("/")
    true = offline.service.answer(prefix, "GET", f"/{rest}", query, {})
    offline.faults.add(Fault(kind, exchange=exchange))
    broken = offline.service.answer(prefix, "GET", f"/{rest}", query, {})
    assert true is not None
    assert broken is not None
    assert (broken.reply.status, broken.reply.body != true.reply.body) == (200, True)
