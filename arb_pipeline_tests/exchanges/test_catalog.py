from __future__ import annotations

import pytest

from arb_pipeline.exchanges.catalog import CAPABILITIES, VENUES, capability, rate_limits
from arb_pipeline.exchanges.errors import NotSupported
from arb_pipeline.model import TIMEFRAMES, Company, DataSet, Exchange

PAGE_SIZES = {
    Exchange.BINANCE_SPOT: 1000,
    Exchange.BINANCE_FUTURES: 499,
    Exchange.BYBIT_SPOT: 1000,
    Exchange.BYBIT_FUTURES: 1000,
    Exchange.GATEIO_SPOT: 1000,
    Exchange.GATEIO_FUTURES: 1999,
    Exchange.MEXC_SPOT: 500,
}


@pytest.mark.parametrize("exchange", Exchange)
@pytest.mark.parametrize("timeframe", TIMEFRAMES)
def test_every_exchange_serves_every_timeframe(exchange: Exchange, timeframe: str) -> None:
    found = capability(exchange, DataSet.CANDLES, timeframe)
    assert found.page_size == PAGE_SIZES[exchange]
    assert found.horizon_points == (10_000 if exchange.company is Company.GATEIO else None)
    assert found.intervals[timeframe]
    assert found.weight(found.page_size) >= 1


@pytest.mark.parametrize("exchange", Exchange)
def test_every_exchange_has_a_place_and_a_limit(exchange: Exchange) -> None:
    venue = VENUES[exchange]
    assert "." in venue.host
    limit = rate_limits(exchange.company)[venue.pool]
    assert limit.weight > venue.listings_weight > 0
    assert limit.window_seconds > 0


def test_the_page_of_binance_futures_is_the_cheapest_per_candle() -> None:
    found = capability(Exchange.BINANCE_FUTURES, DataSet.CANDLES, "1m")
    per_weight = {rows: rows / found.weight(rows) for rows in (99, 499, 1000, 1500)}
    assert max(per_weight, key=lambda rows: per_weight[rows]) == found.page_size
    assert [found.weight(rows) for rows in (1, 99, 100, 499, 500, 1500)] == [1, 1, 2, 2, 5, 10]


@pytest.mark.parametrize(
    ("exchange", "data_set", "timeframe", "said"),
    [
        (Exchange.MEXC_SPOT, DataSet.CANDLES, "3m", "'3m'.*1m, 5m, 15m, 30m, 1h, 4h, 1d, 1w"),
        (Exchange.MEXC_SPOT, DataSet.FUNDING_RATES, None, "account_trades, balances, book_tickers"),
        (Exchange.BINANCE_FUTURES, DataSet.FUNDING_RATES, "1m", "supported timeframes: none"),
    ],
)
def test_what_is_not_served_is_named_beside_what_is(
    exchange: Exchange, data_set: DataSet, timeframe: str | None, said: str
) -> None:
    with pytest.raises(NotSupported, match=f"{exchange}.*{said}"):
        capability(exchange, data_set, timeframe)


def test_no_page_asks_for_rows_beyond_its_weights() -> None:
    for by_exchange in CAPABILITIES.values():
        for found in by_exchange.values():
            assert found.weights[-1][0] >= found.page_size
            assert [most for most, _ in found.weights] == sorted(m for m, _ in found.weights)
