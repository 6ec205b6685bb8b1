"""Bybit's dialect."""

from __future__ import annotations

import pytest

from arb_pipeline.simulator import Simulator
from arb_pipeline_tests.simulator.asking import MINUTE, NOW, ask, rows_of, times_of

KLINE = "bybit/v5/market/kline"
INFO = "bybit/v5/market/instruments-info"
CURRENT = NOW - NOW % MINUTE
BTC = {"category": "linear", "symbol": "BTCUSDT", "interval": "1"}


@pytest.mark.parametrize(("limit", "rows"), [(None, 200), (1000, 1000), (5000, 1000), (1, 1)])
def test_page_sizes_and_order(offline: Simulator, limit: int | None, rows: int) -> None:
    query = {"limit": limit} if limit else {}
    newest = times_of(ask(offline, KLINE, **BTC, **query).body)
    assert newest == [CURRENT - n * MINUTE for n in range(rows)]
    start = CURRENT - 3000 * MINUTE
    oldest = times_of(ask(offline, KLINE, **BTC, start=start, **query).body)
    assert oldest == [start + n * MINUTE for n in reversed(range(rows))]


def test_a_start_within_a_candle_gives_that_candle(offline: Simulator) -> None:
    start = CURRENT - 100 * MINUTE
    body = ask(offline, KLINE, **BTC, start=start + 30_000, limit=2).body
    assert times_of(body) == [start + MINUTE, start]


def test_the_envelope_and_the_types(offline: Simulator) -> None:
    body = ask(offline, KLINE, **BTC, limit=2).body
    assert body["retCode"] == 0
    assert body["time"] == NOW
    assert body["result"]["category"] == "linear"
    assert body["result"]["symbol"] == "BTCUSDT"
    assert [type(value) for value in rows_of(body)[0]] == [str] * 7


def test_category_decides_between_spot_and_linear(offline: Simulator) -> None:
    linear = ask(offline, KLINE, **BTC, limit=3).body
    spot = ask(offline, KLINE, **{**BTC, "category": "spot"}, limit=3).body
    default = ask(offline, KLINE, symbol="BTCUSDT", interval="1", limit=3).body
    assert rows_of(linear) == rows_of(default) != rows_of(spot)


@pytest.mark.parametrize(
    "query",
    [
        {"category": "linear", "symbol": "NOPEUSDT", "interval": "1"},
        {"category": "linear", "symbol": "BTCUSDT", "interval": "1m"},
        {"category": "magic", "symbol": "BTCUSDT", "interval": "1"},
        {"category": "linear", "symbol": "BTCUSDT", "interval": "1", "start": "x"},
    ],
)
def test_refusals_come_with_status_200(offline: Simulator, query: dict[str, str]) -> None:
    reply = ask(offline, KLINE, **query)
    assert reply.status == 200
    assert reply.body["retCode"] == 10001
    assert "list" not in reply.body["result"]


def test_instruments(offline: Simulator) -> None:
    spot = ask(offline, INFO, category="spot").body["result"]
    assert "nextPageCursor" not in spot
    assert {row["status"] for row in spot["list"]} == {"Trading"}
    linear = ask(offline, INFO, category="linear", limit=1000).body["result"]
    assert linear["nextPageCursor"] == ""
    by_id = {row["symbol"]: row for row in linear["list"]}
    assert by_id["SHIB1000USDT"]["settleCoin"] == "USDT"
    assert by_id["BTCUSDT"]["fundingInterval"] == 480
    assert ask(offline, INFO, category="linear", status="PreLaunch").body["result"]["list"] == []
    closed = ask(offline, INFO, category="linear", status="Closed").body["result"]["list"]
    assert [row["symbol"] for row in closed] == ["LUNCUSDT"]
    assert ask(offline, INFO, category="option").body["result"]["list"] == []


def test_a_cursor_leads_to_the_next_page(offline: Simulator) -> None:
    everything = ask(offline, INFO, category="linear", limit=1000).body["result"]["list"]
    ids: list[str] = []
    cursor = ""
    for _ in range(20):
        query = {"cursor": cursor} if cursor else {}
        page = ask(offline, INFO, category="linear", limit=7, **query).body["result"]
        ids += [row["symbol"] for row in page["list"]]
        cursor = page["nextPageCursor"]
        if not cursor:
            break
    assert ids == [row["symbol"] for row in everything]


def test_the_time(offline: Simulator) -> None:
    body = ask(offline, "bybit/v5/market/time").body
    assert body["time"] == NOW
    assert body["result"]["timeNano"] == f"{NOW}000000"
