"""What all four dialects have in common, each asked in its own words."""

from __future__ import annotations

import pytest

from arb_pipeline.model import DAY_MS, TIMEFRAMES, Company, Exchange
from arb_pipeline.simulator import Simulator
from arb_pipeline_tests.simulator.asking import (
    MINUTE,
    NOW,
    ask,
    candle_query,
    rows_of,
    times_of,
)

CURRENT = NOW - NOW % MINUTE


@pytest.mark.parametrize("exchange", list(Exchange))
def test_both_ends_are_included_and_nothing_beyond(offline: Simulator, exchange: Exchange) -> None:
    start, end = CURRENT - 300 * MINUTE, CURRENT - 100 * MINUTE
    path, query = candle_query(exchange, start, end)
    times = times_of(ask(offline, path, **query).body)
    assert sorted(times) == list(range(start, end + 1, MINUTE))
    assert (times == sorted(times)) is (exchange.company is not Company.BYBIT)


@pytest.mark.parametrize("exchange", list(Exchange))
def test_the_open_candle_is_the_newest_row_and_nothing_comes_after(
    offline: Simulator, exchange: Exchange
) -> None:
    path, query = candle_query(exchange, CURRENT - 2 * MINUTE, CURRENT + 5 * MINUTE)
    if exchange.company is Company.GATEIO:
        query["to"] = str(NOW // 1000)
    before = ask(offline, path, **query).body
    assert sorted(times_of(before)) == [CURRENT - 2 * MINUTE, CURRENT - MINUTE, CURRENT]
    offline.clock.advance(5_000)
    later = ask(offline, path, **query).body
    newest = 0 if exchange.company is Company.BYBIT else -1
    assert rows_of(before)[newest] != rows_of(later)[newest]
    assert rows_of(before)[1] == rows_of(later)[1]


@pytest.mark.parametrize("exchange", list(Exchange))
def test_a_window_that_ends_just_before_the_open_candle_holds_none(
    offline: Simulator, exchange: Exchange
) -> None:
    path, query = candle_query(exchange, CURRENT - 5 * MINUTE, CURRENT - 1)
    assert max(times_of(ask(offline, path, **query).body)) == CURRENT - MINUTE


@pytest.mark.parametrize("exchange", list(Exchange))
def test_pages_put_together_are_one_long_page(offline: Simulator, exchange: Exchange) -> None:
    start = CURRENT - 2000 * MINUTE
    pages: list[int] = []
    for first in range(start, start + 900 * MINUTE, 300 * MINUTE):
        path, query = candle_query(exchange, first, first + 299 * MINUTE)
        pages += sorted(times_of(ask(offline, path, **query).body))
    assert pages == list(range(start, start + 900 * MINUTE, MINUTE))


@pytest.mark.parametrize("exchange", list(Exchange))
def test_a_future_window_is_empty(offline: Simulator, exchange: Exchange) -> None:
    path, query = candle_query(exchange, CURRENT + 10 * MINUTE, CURRENT + 20 * MINUTE)
    assert rows_of(ask(offline, path, **query).body) == []


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("binance/api/v3/klines", {"symbol": "BTCUSDT", "interval": "1d", "startTime": 0}),
        ("binance/fapi/v1/klines", {"symbol": "BTCUSDT", "interval": "1d", "startTime": 0}),
        ("mexc/api/v3/klines", {"symbol": "BTCUSDT", "interval": "1d", "startTime": 0}),
        ("bybit/v5/market/kline", {"symbol": "BTCUSDT", "interval": "D", "start": 0}),
    ],
)
def test_history_begins_at_the_listing(
    offline: Simulator, path: str, query: dict[str, object]
) -> None:
    first = min(times_of(ask(offline, path, **query, limit=5).body))
    assert 0 <= first - 1_502_928_000_000 < 10 * DAY_MS  # 2017-08-17


@pytest.mark.parametrize("exchange", list(Exchange))
def test_a_symbol_listed_later_does_not_exist_yet(offline: Simulator, exchange: Exchange) -> None:
    offline.clock.freeze(1_500_000_000_000)
    path, query = candle_query(exchange, 1_499_999_000_000, 1_500_000_000_000)
    reply = ask(offline, path, **query)
    assert reply.status == 400 or reply.body["retCode"] == 10001


@pytest.mark.parametrize("exchange", list(Exchange))
def test_every_id_of_the_list_has_candles(offline: Simulator, exchange: Exchange) -> None:
    path, fixed = candle_query(exchange, CURRENT - 900 * MINUTE, CURRENT - MINUTE)
    name = next(key for key in ("currency_pair", "contract", "symbol") if key in fixed)
    for instrument in offline.listings.all(exchange, NOW):
        rows = rows_of(ask(offline, path, **{**fixed, name: instrument.id}).body)
        assert bool(rows) is instrument.is_trading(NOW), instrument.id


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("binance/api/v3/time", {}, {"serverTime": NOW}),
        ("binance/fapi/v1/time", {}, {"serverTime": NOW}),
        ("mexc/api/v3/time", {}, {"serverTime": NOW}),
        ("gate/api/v4/spot/time", {}, {"server_time": NOW}),
    ],
)
def test_the_time(
    offline: Simulator, path: str, query: dict[str, str], expected: dict[str, int]
) -> None:
    assert ask(offline, path, **query).body == expected


def test_an_unknown_path_is_refused_in_each_dialect(offline: Simulator) -> None:
    for prefix in ("binance", "mexc", "gate", "bybit"):
        assert ask(offline, f"{prefix}/no/such/path").status == 404
    assert offline.service.answer("kraken", "GET", "/0/public/Time", {}, {}) is None


def test_weeks_begin_on_mondays_but_gates_7d_contracts_on_thursdays(offline: Simulator) -> None:
    week = TIMEFRAMES["1w"]
    common = {"contract": "BTC_USDT", "limit": 3}
    path = "gate/api/v4/futures/usdt/candlesticks"
    natural = times_of(ask(offline, path, interval="1w", **common).body)
    counted = times_of(ask(offline, path, interval="7d", **common).body)
    assert all(week.floor(time) == time for time in natural)
    assert all(time % week.milliseconds == 0 for time in counted)
    assert not set(natural) & set(counted)
