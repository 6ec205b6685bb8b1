"""The price of an instrument at one instant, and its trading of the last 24 hours.

What belongs here: what tickers are made of, taken from the same model as the candles, so that
both agree at any millisecond. What does not: bids and asks (``books.py``), text (``figures.py``).

Within a minute the price moves in a straight line from the candle's open to its close. It goes
on moving through minutes in which nothing is traded; the last price stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import numpy as np

from arb_pipeline.model import DAY_MS, Interval
from arb_pipeline.simulator import market
from arb_pipeline.simulator.candles import TRADES_MS
from arb_pipeline.simulator.instruments import SimulatedInstrument
from arb_pipeline.simulator.market import MINUTE_MS


@dataclass(frozen=True, slots=True)
class Price:
    """What an instrument is worth at one instant, in ticks.

    Attributes:
        middle: on its own exchange.
        index: on all exchanges together.
    """

    middle: int
    index: int

    @property
    def mark(self) -> int:
        """What positions are valued by: halfway between the two."""
        return (self.middle + self.index) // 2


@dataclass(frozen=True, slots=True)
class Day:
    """The trading of 24 hours: the last 1440 minutes, the running one included.

    Prices are ticks; ``quantity`` and ``turnover`` have the units of ``market.Candles``.
    """

    opened: int
    open: int
    high: int
    low: int
    last: int
    quantity: int
    turnover: int
    trades: int


def price(instrument: SimulatedInstrument, now: int) -> Price:
    """The price at ``now``, milliseconds."""
    if instrument.recording is not None:
        last = day(instrument, now).last
        return Price(last, last)
    if instrument.ends_at is not None:  # what is no longer traded keeps its last price
        now = min(now, instrument.ends_at - 1)
    minute, elapsed = divmod(now, MINUTE_MS)
    opens, closes, index_opens, index_closes = _minute(instrument, minute)
    return Price(
        opens + (closes - opens) * elapsed // MINUTE_MS,
        index_opens + (index_closes - index_opens) * elapsed // MINUTE_MS,
    )


def day(instrument: SimulatedInstrument, now: int) -> Day:
    """The 24 hours up to ``now``, milliseconds, as the candles tell them at that instant."""
    # Candles take up trades at this pace, and so does the last price.
    return _day(instrument, now - now % TRADES_MS)


@lru_cache(maxsize=4096)
def _minute(instrument: SimulatedInstrument, minute: int) -> tuple[int, int, int, int]:
    both = np.array([minute, minute + 1], dtype=np.int64)
    own, index = market.ticks(instrument, both), market.ticks(instrument, both, index=True)
    return int(own[0]), int(own[1]), int(index[0]), int(index[1])


@lru_cache(maxsize=2048)
def _day(instrument: SimulatedInstrument, now: int) -> Day:
    if instrument.recording is not None:
        return _recorded_day(instrument, now)
    opened = _opened(now)
    candle = market.open_candle(instrument, opened, now)
    if not len(candle.time):
        middle = price(instrument, now).middle
        return Day(opened, middle, middle, middle, middle, 0, 0, 0)
    columns = (
        candle.open, candle.high, candle.low, candle.close, candle.quantity, candle.turnover,
        candle.trades,
    )  # fmt: skip
    return Day(opened, *(int(column[0]) for column in columns))


def _opened(now: int) -> int:
    return now - now % MINUTE_MS + MINUTE_MS - DAY_MS


def _recorded_day(instrument: SimulatedInstrument, now: int) -> Day:
    """The same out of a recording: of a candle that is still open only the first price is known."""
    recording = instrument.recording
    if recording is None:
        raise ValueError(f"{instrument.id} is not recorded")
    opened, length = _opened(now), recording.timeframe

    def units(number: str, decimals: int) -> int:
        return int(Decimal(number).scaleb(decimals))

    candles = recording.between(length, Interval(opened, now + 1))
    closed = [candle for candle in candles if candle.time + length.milliseconds <= now]
    prices = [
        units(number, instrument.price_decimals)
        for candle in closed
        for number in (candle.open, candle.high, candle.low, candle.close)
    ]
    prices += [units(candle.open, instrument.price_decimals) for candle in candles[len(closed) :]]
    if not prices:
        before = recording.between(length, Interval(0, now + 1))
        prices = [units(before[-1].close, instrument.price_decimals)]
    lots = [units(candle.volume, instrument.quantity_decimals) for candle in closed]
    closes = prices[3 : 4 * len(closed) : 4]
    turnover = sum(lot * close for lot, close in zip(lots, closes, strict=True))
    high, low = max(prices), min(prices)
    return Day(opened, prices[0], high, low, prices[-1], sum(lots), turnover, len(closed))
