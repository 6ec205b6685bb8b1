"""The market model."""

from __future__ import annotations

import numpy as np
import pytest

from arb_pipeline.model import DAY_MS, TIMEFRAMES, Exchange
from arb_pipeline.simulator import Simulator, market
from arb_pipeline.simulator.instruments import SimulatedInstrument
from arb_pipeline.simulator.universe import universe
from arb_pipeline_tests.simulator.asking import MINUTE, NOW

# The first candle of that day on Binance spot, as it was when this test was written.
GOLDEN = [
    1759968000000,
    6209907,
    6211665,
    6208424,
    6210602,
    3121895,
    19387433112355,
    171,
    274726,
    1706089394174,
]
DAY = NOW - NOW % DAY_MS
LISTED = [i for i in universe() if i.listed_at < DAY and i.is_trading(DAY + DAY_MS)]


@pytest.mark.parametrize("exchange", list(Exchange))
def test_every_candle_is_sane(exchange: Exchange) -> None:
    listed = [instrument for instrument in LISTED if instrument.exchange is exchange]
    assert len(listed) > 15
    for instrument in listed:
        _assert_sane(instrument)


def _assert_sane(instrument: SimulatedInstrument) -> None:
    candles = market.minutes(instrument, DAY, DAY + DAY_MS)
    assert len(candles.time)
    assert (candles.low >= 1).all()
    for column in (candles.open, candles.close):
        assert (candles.low <= column).all()
        assert (column <= candles.high).all()
    assert (candles.quantity > 0).all()
    assert (candles.trades > 0).all()
    assert (candles.taker_quantity <= candles.quantity).all()
    # Nothing has overflowed: the turnover lies between quantity times low and times high.
    size, _ = market.contract_units(instrument)
    assert (candles.turnover >= candles.quantity * candles.low * size).all()
    assert (candles.turnover <= candles.quantity * candles.high * size).all()


def test_a_candle_opens_where_the_one_before_closed(offline: Simulator) -> None:
    instrument = offline.listings.get(Exchange.BINANCE_SPOT, "BTCUSDT")
    candles = market.minutes(instrument, DAY - DAY_MS, DAY + DAY_MS)
    assert len(candles.time) == 2 * 1440
    assert (candles.open[1:] == candles.close[:-1]).all()
    assert (np.diff(candles.open) != 0).mean() > 0.9


def test_days_computed_alone_are_the_days_computed_together(offline: Simulator) -> None:
    instrument = offline.listings.get(Exchange.BYBIT_FUTURES, "ETHUSDT")
    together = market.minutes(instrument, DAY, DAY + 2 * DAY_MS)
    second = market.minutes(instrument, DAY + DAY_MS, DAY + 2 * DAY_MS)
    for one, other in zip(_columns(together), _columns(second), strict=True):
        assert (one[1440:] == other).all()


def _columns(candles: market.Candles) -> list[np.ndarray[tuple[int], np.dtype[np.int64]]]:
    return [np.asarray(getattr(candles, name)) for name in candles.__slots__]


def test_the_market_is_the_same_on_every_machine(offline: Simulator) -> None:
    instrument = offline.listings.get(Exchange.BINANCE_SPOT, "BTCUSDT")
    first = [int(column[0]) for column in _columns(market.minutes(instrument, DAY, DAY + MINUTE))]
    assert first == GOLDEN


@pytest.mark.parametrize("name", ["5m", "15m", "1h", "4h", "1d", "1w"])
def test_longer_candles_are_exactly_the_minutes_they_hold(offline: Simulator, name: str) -> None:
    timeframe = TIMEFRAMES[name]
    instrument = offline.listings.get(Exchange.GATEIO_SPOT, "T_USDT")  # misses minutes
    start = TIMEFRAMES["1w"].floor(DAY)
    minutes = market.minutes(instrument, start, start + 7 * DAY_MS)
    longer = market.aggregate(minutes, timeframe)
    seen = 0
    for n, opened in enumerate(longer.time.tolist()):
        inside = (minutes.time >= opened) & (minutes.time < opened + timeframe.milliseconds)
        rows = minutes.where(inside)
        seen += len(rows.time)
        assert opened == timeframe.floor(opened)
        assert longer.open[n] == rows.open[0]
        assert longer.close[n] == rows.close[-1]
        assert longer.high[n] == rows.high.max()
        assert longer.low[n] == rows.low.min()
        for column in market.SUMS:
            assert getattr(longer, column)[n] == getattr(rows, column).sum()
    assert seen == len(minutes.time)


def test_exchanges_agree_on_the_price_of_a_coin(offline: Simulator) -> None:
    closes = []
    for exchange in Exchange:
        id_ = "BTC_USDT" if exchange.company == "GATEIO" else "BTCUSDT"
        instrument = offline.listings.get(exchange, id_)
        closes.append(market.minutes(instrument, DAY, DAY + DAY_MS).close)
    prices = np.array(closes)
    spread = (prices.max(axis=0) - prices.min(axis=0)) / prices.min(axis=0)
    assert 0 < spread.max() < 0.0015


def test_a_multiple_of_a_coin_costs_a_multiple(offline: Simulator) -> None:
    one = offline.listings.get(Exchange.GATEIO_FUTURES, "PEPE_USDT")
    thousand = offline.listings.get(Exchange.BINANCE_FUTURES, "1000PEPEUSDT")
    of_one = market.minutes(one, DAY, DAY + MINUTE).open[0] / 10**one.price_decimals
    of_many = market.minutes(thousand, DAY, DAY + MINUTE).open[0] / 10**thousand.price_decimals
    assert of_many == pytest.approx(1000 * of_one, rel=0.005)


def test_illiquid_symbols_miss_minutes(offline: Simulator) -> None:
    instrument = offline.listings.get(Exchange.MEXC_SPOT, "GASUSDT")
    assert 100 < len(market.minutes(instrument, DAY, DAY + DAY_MS).time) < 400


def test_nothing_is_traded_before_listing_and_after_delisting(offline: Simulator) -> None:
    instrument = offline.listings.get(Exchange.BINANCE_SPOT, "LUNCUSDT")
    assert instrument.delisted_at is not None
    around = market.minutes(
        instrument, instrument.listed_at - DAY_MS, instrument.listed_at + DAY_MS
    )
    assert around.time[0] == instrument.listed_at
    end = market.minutes(
        instrument, instrument.delisted_at - DAY_MS, instrument.delisted_at + DAY_MS
    )
    assert end.time[-1] == instrument.delisted_at - MINUTE


def test_the_open_candle_grows_into_the_closed_one(offline: Simulator) -> None:
    instrument = offline.listings.get(Exchange.BINANCE_SPOT, "BTCUSDT")
    hour = TIMEFRAMES["1h"]
    opened = hour.floor(NOW)
    final = market.aggregate(market.minutes(instrument, opened, opened + hour.milliseconds), hour)
    volumes = []
    for elapsed in (1_000, MINUTE, 90_500, 30 * MINUTE + 7_000, hour.milliseconds - 1):
        candle = market.open_candle(instrument, opened, opened + elapsed)
        assert candle.time[0] == opened
        assert candle.open[0] == final.open[0]
        assert final.low[0] <= candle.low[0] <= candle.close[0] <= candle.high[0] <= final.high[0]
        volumes.append(int(candle.quantity[0]))
    assert volumes == sorted(volumes)
    assert volumes[-1] < final.quantity[0]
    assert volumes[-1] > 0.99 * final.quantity[0]
