"""The simulator's trades add up to its candles, and are served as each exchange serves them."""

from __future__ import annotations

from itertools import groupby, islice, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arb_pipeline.model import DAY_MS, Exchange
from arb_pipeline.simulator import Simulator, market, prints, trades
from arb_pipeline_tests.simulator.asking import MINUTE, NOW, ask

HOUR = 60 * MINUTE
START = NOW - NOW % HOUR - 5 * HOUR
OFFLINE = Simulator()
TRADED = [
    (instrument.exchange, instrument.id)
    for exchange in Exchange
    for instrument in OFFLINE.listings.all(exchange, NOW)
    if instrument.is_trading(NOW)
]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(which=st.sampled_from(TRADED), hours=st.integers(0, 24 * 30))
def test_the_trades_of_a_minute_make_its_candle(which: tuple[Exchange, str], hours: int) -> None:
    instrument = OFFLINE.listings.get(*which)
    start = START - hours * HOUR
    candles = market.minutes(instrument, start, start + HOUR)
    found = prints.of_hour(instrument, start)
    minute = found.time // MINUTE * MINUTE
    assert set(minute.tolist()) == set(candles.time.tolist())
    for place, time in enumerate(candles.time):
        mine = minute == time
        price, quantity = found.price[mine], found.quantity[mine]
        made = (price[0], price.max(), price.min(), price[-1], quantity.sum())
        assert made == tuple(
            getattr(candles, name)[place] for name in ("open", "high", "low", "close", "quantity")
        )
        assert quantity.min() > 0
    assert (np.diff(found.time) >= 0).all()
    assert (np.diff(found.number) == 1).all()
    following = prints.of_hour(instrument, start + HOUR)
    if len(found.number) and len(following.number):
        assert following.number[0] == found.number[-1] + 1


def test_ids_count_from_the_first_trade_of_the_market() -> None:
    for id_ in ("BTCUSDT", "TUSDT"):  # one trades every minute, the other does not
        instrument = OFFLINE.listings.get(Exchange.BINANCE_SPOT, id_)
        first = list(islice(trades.from_number(instrument, 0, NOW), 3))
        assert [one.number for one in first] == [0, 1, 2]
        assert instrument.listed_at <= first[0].time < instrument.listed_at + DAY_MS
        hour = list(trades.between(instrument, START, START + HOUR, NOW))
        again = islice(trades.from_number(instrument, hour[7].number, NOW), len(hour) - 7)
        assert list(again) == hour[7:]


def test_many_trades_share_a_millisecond_and_some_are_alike() -> None:
    instrument = OFFLINE.listings.get(Exchange.MEXC_SPOT, "BTCUSDT")
    found = list(trades.between(instrument, START, START + HOUR, NOW))
    sizes = [len(list(group)) for _, group in groupby(found, key=lambda one: one.time)]
    assert max(sizes) > 2
    assert any(
        (one.time, one.price, one.quantity, one.sold)
        == (other.time, other.price, other.quantity, other.sold)
        for one, other in pairwise(found)
    )


@pytest.mark.parametrize("path", ["binance/api/v3/aggTrades", "binance/fapi/v1/aggTrades"])
def test_binance_pages_by_time_or_by_id(offline: Simulator, path: str) -> None:
    def page(**query: int) -> list[dict[str, object]]:
        answer = ask(offline, path, symbol="BTCUSDT", **query)
        assert answer.status == 200
        rows: list[dict[str, object]] = answer.body
        return rows

    hour = page(startTime=START, endTime=START + HOUR, limit=1000)
    assert len(hour) == 1000  # of the 1200 and more, the oldest
    assert len(page(startTime=START, endTime=START + HOUR)) == 500
    rest = page(fromId=int(str(hour[-1]["a"])) + 1, limit=5)
    assert [row["a"] for row in rest] == [int(str(hour[-1]["a"])) + n for n in range(1, 6)]
    newest = page(limit=2)
    assert START + 4 * HOUR < int(str(newest[0]["T"])) <= int(str(newest[1]["T"])) <= NOW
    for wrong, code in (
        ({"startTime": START, "endTime": START + HOUR + 1}, -1127),
        ({"fromId": 5, "startTime": START}, -1128),
        ({"limit": 0}, -1130),
    ):
        answer = ask(offline, path, symbol="BTCUSDT", **wrong)
        assert (answer.status, answer.body["code"]) == (400, code)
    assert ask(offline, path, symbol="NONE").body["code"] == -1121


def test_mexc_gives_the_newest_of_an_hour_at_most_and_no_ids(offline: Simulator) -> None:
    path = "mexc/api/v3/aggTrades"
    rows = ask(
        offline, path, symbol="BTCUSDT", startTime=START, endTime=START + HOUR, limit=5000
    ).body
    times = [row["T"] for row in rows]
    assert len(rows) == 1000
    assert times == sorted(times, reverse=True)
    assert times[0] > START + HOUR - MINUTE
    assert {(row["a"], row["f"], row["l"]) for row in rows} == {(None, None, None)}
    for wrong in ({"startTime": START}, {"startTime": START, "endTime": START + HOUR + 1}):
        assert ask(offline, path, symbol="BTCUSDT", **wrong).status == 400


@pytest.mark.parametrize(
    ("path", "name", "more"),
    [
        ("gate/api/v4/spot/trades", "currency_pair", ("page", 2)),
        ("gate/api/v4/futures/usdt/trades", "contract", ("offset", 1000)),
    ],
)
def test_gate_pages_backwards_within_its_horizon(
    offline: Simulator, path: str, name: str, more: tuple[str, int]
) -> None:
    window = {name: "BTC_USDT", "from": START // 1000, "to": (START + HOUR) // 1000}
    first = ask(offline, path, **window, limit=1000).body
    second = ask(offline, path, **window, limit=1000, **dict([more])).body
    ids = [int(row["id"]) for row in first + second]
    assert ids == list(range(ids[0], ids[-1] - 1, -1))
    assert (len(first), len(ids)) == (1000, 1200)
    assert len(ask(offline, path, **{name: "BTC_USDT"}).body) == 100
    old = (NOW - 31 * DAY_MS) // 1000
    # Too long ago is no error: there is just nothing.
    assert ask(offline, path, **{name: "BTC_USDT"}, **{"from": old, "to": old + 3600}).body == []
    assert ask(offline, path, **{name: "BTC_USDT"}, limit=1001).status == 400
    assert ask(offline, path, **{name: "NONE_USDT"}).status == 400


def test_gates_sizes_are_signed_and_exact_for_who_asks(offline: Simulator) -> None:
    path = "gate/api/v4/futures/usdt/trades"
    rows = ask(offline, path, contract="BTC_USDT", limit=50).body
    assert {type(row["size"]) for row in rows} == {int}
    assert {row["size"] > 0 for row in rows} == {True, False}
    assert all("." in row["create_time_ms"] for row in rows)


@pytest.mark.parametrize(("category", "most"), [("spot", 60), ("linear", 1000)])
def test_bybit_shows_the_newest_and_no_more(offline: Simulator, category: str, most: int) -> None:
    path = "bybit/v5/market/recent-trade"
    rows = ask(offline, path, category=category, symbol="BTCUSDT", limit=5000).body["result"][
        "list"
    ]
    times = [int(row["time"]) for row in rows]
    assert len(rows) == most
    assert times == sorted(times, reverse=True)
    assert NOW - MINUTE < times[0] <= NOW
    assert ask(offline, path, category=category, symbol="NONE").body["retCode"] == 10001
