"""Gate's dialect."""

from __future__ import annotations

import pytest

from arb_pipeline.simulator import Simulator
from arb_pipeline_tests.simulator.asking import MINUTE, NOW, ask, ask_with, times_of

SPOT = "gate/api/v4/spot/candlesticks"
FUTURES = "gate/api/v4/futures/usdt/candlesticks"
CURRENT = NOW - NOW % MINUTE
CASES = [(SPOT, "currency_pair", 1000), (FUTURES, "contract", 1999)]


def _ask(offline: Simulator, path: str, name: str, **query: object) -> tuple[int, object]:
    query = {"from" if key == "start" else key: value for key, value in query.items()}
    reply = ask(offline, path, **{name: "BTC_USDT", "interval": "1m", **query})
    return reply.status, reply.body


@pytest.mark.parametrize(("path", "name", "most"), CASES)
def test_a_range_may_span_so_many_points_and_not_one_more(
    offline: Simulator, path: str, name: str, most: int
) -> None:
    start = CURRENT - 5000 * MINUTE
    end = start + (most - 1) * MINUTE
    status, body = _ask(offline, path, name, start=start // 1000, to=end // 1000)
    assert status == 200
    assert times_of(body) == list(range(start, end + 1, MINUTE))
    status, body = _ask(offline, path, name, start=start // 1000, to=end // 1000 + 60)
    assert status == 400
    assert body == {
        "label": "INVALID_PARAM_VALUE",
        "message": f"Candlestick range too broad. Maximum {most} data points are allowed "
        "per request",
    }


@pytest.mark.parametrize(("path", "name", "most"), CASES)
def test_only_the_latest_ten_thousand_points_are_served(
    offline: Simulator, path: str, name: str, most: int
) -> None:
    oldest = (NOW - 10_000 * MINUTE) // 1000
    status, body = _ask(offline, path, name, start=oldest, to=oldest + 600)
    assert status == 200
    status, body = _ask(offline, path, name, start=oldest - 60, to=oldest + 600)
    assert status == 400
    assert isinstance(body, dict)
    assert body["label"] == "INVALID_PARAM_VALUE"
    assert body["message"].startswith("Candlestick too long ago. Maximum 10000 points")
    offline.clock.advance(60 * MINUTE)
    assert _ask(offline, path, name, start=oldest, to=oldest + 600)[0] == 400


@pytest.mark.parametrize(("path", "name", "most"), CASES)
def test_limit_is_for_the_newest_rows_only(
    offline: Simulator, path: str, name: str, most: int
) -> None:
    _, body = _ask(offline, path, name, limit=5)
    assert times_of(body) == [CURRENT - n * MINUTE for n in (4, 3, 2, 1, 0)]
    _, body = _ask(offline, path, name)
    assert len(times_of(body)) == 100
    status, body = _ask(offline, path, name, limit=5, start=CURRENT // 1000 - 600)
    assert status == 400
    assert isinstance(body, dict)
    assert "limit" in body["message"]
    assert _ask(offline, path, name, limit=most)[0] == 200
    assert _ask(offline, path, name, limit=most + 1)[0] == 400


def test_an_unaligned_range_loses_a_candle(offline: Simulator) -> None:
    start = CURRENT // 1000 - 6000 + 1
    _, body = _ask(offline, SPOT, "currency_pair", start=start, to=start + 9 * 60)
    assert len(times_of(body)) == 9


def test_rows_are_of_gates_types(offline: Simulator) -> None:
    _, body = _ask(offline, SPOT, "currency_pair", limit=2)
    assert isinstance(body, list)
    closed, opened = body
    assert [type(value) for value in closed] == [str] * 8
    assert (closed[7], opened[7]) == ("true", "false")
    high, low = float(closed[3]), float(closed[4])
    assert low <= min(float(closed[2]), float(closed[5]))
    assert high >= max(float(closed[2]), float(closed[5]))
    assert low * float(closed[6]) <= float(closed[1]) <= high * float(closed[6])
    _, body = _ask(offline, FUTURES, "contract", limit=1)
    assert isinstance(body, list)
    assert {key: type(value) for key, value in body[0].items()} == {
        "t": int, "v": int, "c": str, "h": str, "l": str, "o": str, "sum": str,
    }  # fmt: skip


def test_sizes_are_text_for_those_who_ask_for_exact_ones(offline: Simulator) -> None:
    query = {"contract": "BTC_USDT", "interval": "1m", "to": CURRENT // 1000 - 60}
    plain = ask(offline, FUTURES, **query).body
    exact = ask_with(offline, {"X-Gate-Size-Decimal": "1"}, FUTURES, **query).body
    assert [str(row["v"]) for row in plain] == [row["v"] for row in exact]
    # One contract is 0.0001 BTC: the turnover is of coins, not of contracts.
    row = plain[0]
    coins = row["v"] * 0.0001
    assert coins * float(row["l"]) <= float(row["sum"]) <= coins * float(row["h"])


@pytest.mark.parametrize(
    ("path", "query", "label"),
    [
        (SPOT, {"currency_pair": "NOPE_USDT"}, "INVALID_CURRENCY_PAIR"),
        (FUTURES, {"contract": "NOPE_USDT"}, "CONTRACT_NOT_FOUND"),
        (SPOT, {"currency_pair": "BTC_USDT", "interval": "7m"}, "INVALID_PARAM_VALUE"),
        (SPOT, {"currency_pair": "BTC_USDT", "interval": "1w"}, "INVALID_PARAM_VALUE"),
        (SPOT, {"currency_pair": "BTC_USDT", "from": "x"}, "INVALID_PARAM_VALUE"),
    ],
)
def test_refusals(offline: Simulator, path: str, query: dict[str, object], label: str) -> None:
    reply = ask(offline, path, **query)
    assert reply.status == 400
    assert reply.body["label"] == label


def test_lists(offline: Simulator) -> None:
    pairs = {row["id"]: row for row in ask(offline, "gate/api/v4/spot/currency_pairs").body}
    assert pairs["BTC_USDT"]["trade_status"] == "tradable"
    assert pairs["LUNC_USDT"]["trade_status"] == "untradable"
    assert pairs["BTC_USDT"]["fee"] == "0.2"
    assert ask(offline, "gate/api/v4/margin/currency_pairs").body == []
    codes = {row["currency"] for row in ask(offline, "gate/api/v4/spot/currencies").body}
    assert {"GTC_HT", "BTC3L", "币安人生"} <= codes
    contracts = {
        row["name"]: row for row in ask(offline, "gate/api/v4/futures/usdt/contracts").body
    }
    assert contracts["BTC_USDT"]["quanto_multiplier"] == "0.0001"
    assert isinstance(contracts["BTC_USDT"]["order_size_min"], int)
    assert contracts["LUNC_USDT"]["in_delisting"] is True
