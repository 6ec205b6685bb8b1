"""Recorded trades and funding, and fills set by hand."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path

import pytest

from arb_pipeline.model import Company, Exchange, Interval
from arb_pipeline.simulator import Simulator
from arb_pipeline_tests.simulator.asking import MINUTE, NOW, ask, candle_query, rows_of

T0 = 1_570_752_000_000
TRADES = f"""trade_id,time_ms,taker_side,price,quantity
13519807,{T0 + 5},sell,0.00141342,23
13519808,{T0 + 5},buy,0.0014200,54.50
13519810,{T0 + 70_000},sell,0.00141266,8
"""
FUNDING = "funding_time_ms,funding_rate\n1637193600017,0.0001\n1637222400007,-0.00010000\n"
IDS = {Company.GATEIO: "XRP_ETH"}


@pytest.fixture
def recorded(offline: Simulator, tmp_path: Path) -> Simulator:
    path = tmp_path / "trades.csv"
    path.write_text(TRADES)
    assert offline.replay_trades(path, "XRP", "ETH") == 3
    offline.clock.freeze(T0 + 60 * MINUTE)
    return offline


def test_recorded_trades_are_served_to_the_letter(recorded: Simulator) -> None:
    rows = ask(recorded, "binance/api/v3/aggTrades", symbol="XRPETH").body
    assert [(r["a"], r["T"], r["p"], r["q"], r["m"]) for r in rows] == [
        (13519807, T0 + 5, "0.00141342", "23", True),
        (13519808, T0 + 5, "0.0014200", "54.50", False),
        (13519810, T0 + 70_000, "0.00141266", "8", True),
    ]
    later = ask(recorded, "binance/api/v3/aggTrades", symbol="XRPETH", fromId=13519809).body
    assert [row["a"] for row in later] == [13519810]
    recorded.clock.freeze(T0 + 10)
    early = ask(recorded, "mexc/api/v3/aggTrades", symbol="XRPETH").body
    assert {row["T"] for row in early} == {T0 + 5}


@pytest.mark.parametrize("exchange", list(Exchange))
def test_trades_alone_make_the_candles(recorded: Simulator, exchange: Exchange) -> None:
    path, query = candle_query(exchange, T0, T0 + 2 * MINUTE)
    name = next(key for key in ("currency_pair", "contract", "symbol") if key in query)
    body = ask(recorded, path, **{**query, name: IDS.get(exchange.company, "XRPETH")}).body
    text = json.dumps(rows_of(body))
    for number in ("0.00141342", "0.0014200", "0.00141266"):
        assert f'"{number}"' in text
    assert len(rows_of(body)) == 2


def test_recorded_funding_is_the_whole_history(offline: Simulator, tmp_path: Path) -> None:
    path = tmp_path / "funding.csv"
    path.write_text(FUNDING)
    assert offline.replay_funding(path, "XRP", "USDT") == 2
    rows = ask(offline, "binance/fapi/v1/fundingRate", symbol="XRPUSDT").body
    assert [(row["fundingTime"], row["fundingRate"]) for row in rows] == [
        (1637193600017, "0.0001"),
        (1637222400007, "-0.00010000"),
    ]
    with pytest.raises(ValueError, match="no exchange lists a perpetual NO/NE"):
        offline.replay_funding(path, "NO", "NE")


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        TRADES.partition("\n")[0],
        TRADES.replace("taker_side", "side"),
        TRADES.replace("sell", "short"),
        TRADES.replace("13519810", "13519808"),
        TRADES.replace(str(T0 + 70_000), str(T0)),
        TRADES + "1,2\n",
    ],
)
def test_what_is_no_recording_is_refused(offline: Simulator, tmp_path: Path, wrong: str) -> None:
    path = tmp_path / "trades.csv"
    path.write_text(wrong)
    with pytest.raises(ValueError, match=r"trades\.csv"):
        offline.replay_trades(path, "XRP", "ETH")


def test_fills_can_be_made_from_outside(simulator: Simulator) -> None:
    simulator.clock.freeze(NOW)
    body = {
        "exchange": "BYBIT_SPOT",
        "exchange_symbol": "BTCUSDT",
        "interval": [NOW - 10 * MINUTE, NOW],
        "every": 20,
    }
    request = urllib.request.Request(
        f"{simulator.base_url}/_simulator/fills", json.dumps(body).encode(), method="POST"
    )
    with urllib.request.urlopen(request) as response:
        told = json.load(response)
    again = simulator.trade("BYBIT_SPOT", "BTCUSDT", Interval(NOW - 10 * MINUTE, NOW), 20)
    assert [one["number"] for one in told] == [one.number for one in again]
    assert len(again) == 10
