"""Binance's and MEXC's dialect."""

from __future__ import annotations

import pytest

from arb_pipeline.model import Exchange
from arb_pipeline.simulator import Simulator
from arb_pipeline_tests.simulator.asking import MINUTE, NOW, ask, times_of

SPOT = "binance/api/v3/klines"
FUTURES = "binance/fapi/v1/klines"
MEXC = "mexc/api/v3/klines"
CURRENT = NOW - NOW % MINUTE


@pytest.mark.parametrize(
    ("path", "limit", "rows"),
    [
        (SPOT, None, 500), (SPOT, 1000, 1000), (SPOT, 5000, 1000), (SPOT, 1, 1),
        (FUTURES, None, 500), (FUTURES, 1500, 1500), (MEXC, None, 500), (MEXC, 1000, 500),
    ],
)  # fmt: skip
def test_page_sizes(offline: Simulator, path: str, limit: int | None, rows: int) -> None:
    query = {"limit": limit} if limit else {}
    start = CURRENT - 3000 * MINUTE
    oldest = ask(offline, path, symbol="BTCUSDT", interval="1m", startTime=start, **query)
    assert times_of(oldest.body) == [start + n * MINUTE for n in range(rows)]
    newest = ask(offline, path, symbol="BTCUSDT", interval="1m", **query)
    assert times_of(newest.body) == [CURRENT - n * MINUTE for n in reversed(range(rows))]


def test_only_an_end_gives_the_newest_rows_before_it(offline: Simulator) -> None:
    end = CURRENT - 100 * MINUTE
    common = {"symbol": "BTCUSDT", "interval": "1m", "endTime": end, "limit": 3}
    inclusive = times_of(ask(offline, SPOT, **common).body)
    assert inclusive == [end - 2 * MINUTE, end - MINUTE, end]
    exclusive = times_of(ask(offline, MEXC, **common).body)
    assert exclusive == [end - 3 * MINUTE, end - 2 * MINUTE, end - MINUTE]


def test_a_start_between_candles_gives_the_next_one(offline: Simulator) -> None:
    start = CURRENT - 100 * MINUTE
    body = ask(offline, SPOT, symbol="BTCUSDT", interval="1m", startTime=start + 1, limit=1).body
    assert times_of(body) == [start + MINUTE]


def test_a_row_is_of_binances_types(offline: Simulator) -> None:
    row = ask(offline, SPOT, symbol="BTCUSDT", interval="1m", limit=2).body[0]
    assert [type(value) for value in row] == [int, *[str] * 5, int, str, int, *[str] * 3]
    assert row[6] == row[0] + MINUTE - 1
    assert all(len(row[n].partition(".")[2]) == 8 for n in (1, 2, 3, 4, 5, 7, 9, 10))
    row = ask(offline, MEXC, symbol="BTCUSDT", interval="60m", limit=2).body[0]
    assert [type(value) for value in row] == [int, *[str] * 5, int, str]
    assert row[6] == row[0] + 60 * MINUTE


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        (SPOT, {"symbol": "NOPEUSDT", "interval": "1m"}, -1121),
        (FUTURES, {"symbol": "NOPEUSDT", "interval": "1m"}, -1121),
        (MEXC, {"symbol": "NOPEUSDT", "interval": "1m"}, -1121),
        (SPOT, {"symbol": "BTCUSDT", "interval": "7m"}, -1120),
        (MEXC, {"symbol": "BTCUSDT", "interval": "1h"}, -1121),
        (SPOT, {"interval": "1m"}, -1102),
        (SPOT, {"symbol": "BTCUSDT"}, -1102),
        (SPOT, {"symbol": "BTCUSDT", "interval": "1m", "startTime": "today"}, -1100),
        (SPOT, {"symbol": "BTCUSDT", "interval": "1m", "limit": 0}, -1130),
        (FUTURES, {"symbol": "BTCUSDT", "interval": "1m", "limit": 1501}, -1130),
    ],
)
def test_refusals(offline: Simulator, path: str, query: dict[str, object], code: int) -> None:
    reply = ask(offline, path, **query)
    assert reply.status == 400
    assert reply.body["code"] == code
    assert reply.body["msg"]


@pytest.mark.parametrize(
    ("path", "limit", "weight"),
    [
        (SPOT, 1000, 2), (FUTURES, 99, 1), (FUTURES, 499, 2), (FUTURES, 1000, 5),
        (FUTURES, 1500, 10), (MEXC, 500, 1),
    ],
)  # fmt: skip
def test_weights_are_counted_and_told(
    offline: Simulator, path: str, limit: int, weight: int
) -> None:
    replies = [ask(offline, path, symbol="BTCUSDT", interval="1m", limit=limit) for _ in range(2)]
    assert [record.weight for record in offline.requests] == [weight, weight]
    told = [reply.headers.get("X-MBX-USED-WEIGHT-1M") for reply in replies]
    assert told == ([None, None] if path is MEXC else [str(weight), str(2 * weight)])


def test_lists_of_symbols(offline: Simulator) -> None:
    spot = ask(offline, "binance/api/v3/exchangeInfo").body["symbols"]
    by_id = {row["symbol"]: row for row in spot}
    assert by_id["BTCUSDT"]["status"] == "TRADING"
    assert by_id["LUNCUSDT"]["status"] == "BREAK"
    assert "币安人生USDT" in by_id
    assert "contractType" not in by_id["BTCUSDT"]
    assert by_id["BTCUSDT"]["filters"][0]["tickSize"] == "0.01"
    futures = ask(offline, "binance/fapi/v1/exchangeInfo").body["symbols"]
    kinds = {row["symbol"]: row["contractType"] for row in futures}
    assert kinds["BTCUSDT"] == "PERPETUAL"
    mexc = ask(offline, "mexc/api/v3/exchangeInfo").body["symbols"]
    assert {row["status"] for row in mexc} == {"1", "3"}
    contracts = ask(offline, "mexc/api/v1/contract/detail").body
    assert contracts["success"] is True
    assert [row["symbol"] for row in contracts["data"]] == ["BTC_USDT"]


def test_symbols_appear_when_they_are_listed(offline: Simulator) -> None:
    instrument = offline.listings.get(Exchange.BINANCE_SPOT, "0GUSDT")
    for instant, listed in ((instrument.listed_at - 1, False), (instrument.listed_at, True)):
        offline.clock.freeze(instant)
        rows = ask(offline, "binance/api/v3/exchangeInfo").body["symbols"]
        assert ("0GUSDT" in {row["symbol"] for row in rows}) is listed
        reply = ask(offline, SPOT, symbol="0GUSDT", interval="1m")
        assert reply.status == (200 if listed else 400)
