"""The market model's trades: every minute's candle, split exactly into prints.

What belongs here: prints as whole numbers. What does not: text, pages and recordings
(``trades.py``).

A minute has ``market.PRINTS`` prints. The first is at the open, the last at the close, two in
between at high and low, and quantities add up to the minute's. Some share their millisecond, some
are equal to the letter, and now and then a whole minute trades in one millisecond. Numbers (ids)
are consecutive from the first print of the first traded minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from arb_pipeline.simulator import market
from arb_pipeline.simulator.instruments import SimulatedInstrument
from arb_pipeline.simulator.market import MINUTE_MS, PRINTS
from arb_pipeline.simulator.noise import Ints, hashed, seed, uniform

HOUR_MS = 60 * MINUTE_MS
# Minutes are counted in stretches of this length: few of them, and none of much memory.
_SPAN_HOURS = 8192
# Two neighbours that are equal where neither is an extreme of its minute.
_TWIN = PRINTS - 3


@dataclass(frozen=True, slots=True)
class Prints:
    """Prints as columns, in the order of their numbers.

    Attributes:
        time: milliseconds.
        price: in ticks.
        quantity: in lots.
        sold: 1 where the taker sold.
    """

    number: Ints
    time: Ints
    price: Ints
    quantity: Ints
    sold: Ints


def of_hour(instrument: SimulatedInstrument, start: int) -> Prints:
    """The prints of the hour that begins at ``start``, milliseconds, as if it were over."""
    candles = market.minutes(instrument, start, start + HOUR_MS)
    count = len(candles.time)
    first = int(counts(instrument, start)[-1]) * PRINTS
    minute = candles.time // MINUTE_MS
    # One row per minute, one column per print; noise runs over minute and print alike.
    place = (minute[:, None] * PRINTS + np.arange(PRINTS)).reshape(-1)

    def noise(name: str, bound: int) -> Ints:
        key = seed(instrument.exchange.value, instrument.id, name)
        return uniform(key, place, bound).reshape(count, PRINTS)

    high = 1 + noise("print-high", PRINTS - 2)[:, :1]
    low = 1 + (high + noise("print-low", PRINTS - 3)[:, :1]) % (PRINTS - 2)
    column = np.arange(PRINTS)
    span = (candles.high - candles.low + 1)[:, None]
    key = seed(instrument.exchange.value, instrument.id, "print-price")
    depth = (hashed(key, place).reshape(count, PRINTS) >> np.uint64(1)).astype(np.int64) % span
    price = candles.low[:, None] + depth
    price = np.where(column == high, candles.high[:, None], price)
    price = np.where(column == low, candles.low[:, None], price)
    price[:, 0], price[:, -1] = candles.open, candles.close

    weight = 1 + noise("print-lots", 1000)
    offset = column * (MINUTE_MS // PRINTS) + noise("print-time", MINUTE_MS // PRINTS)
    sold = noise("print-side", 2)
    together = (noise("print-together", 4) == 0) | (noise("print-burst", 200)[:, :1] == 0)
    twin = ~((high == _TWIN) | (low == _TWIN))[:, 0] & (high != _TWIN - 1)[:, 0]
    twin &= (low != _TWIN - 1)[:, 0]
    for table in (price, weight, sold):
        table[:, _TWIN] = np.where(twin, table[:, _TWIN - 1], table[:, _TWIN])
    together[:, _TWIN] |= twin
    together[:, 0] = False
    offset = np.maximum.accumulate(np.where(together, 0, offset), axis=1)

    spare = (candles.quantity - PRINTS)[:, None]
    quantity = 1 + spare * weight // weight.sum(axis=1, keepdims=True)
    quantity[:, -1] += candles.quantity - quantity.sum(axis=1)
    return Prints(
        first + np.arange(count * PRINTS, dtype=np.int64),
        (candles.time[:, None] + offset).reshape(-1),
        price.reshape(-1),
        quantity.reshape(-1),
        sold.reshape(-1),
    )


def counts(instrument: SimulatedInstrument, until: int) -> Ints:
    """Minutes traded before each hour since listing, up to the one that begins at ``until``."""
    hours = max(0, (until - _listed(instrument)) // HOUR_MS)
    return _counts(instrument, hours // _SPAN_HOURS + 1)[: hours + 1]


def hour_of(instrument: SimulatedInstrument, number: int, until: int) -> int:
    """The beginning of the hour in which print ``number`` lies, at most ``until``'s."""
    before = counts(instrument, until - until % HOUR_MS)
    hour = int(np.searchsorted(before, number // PRINTS, side="right")) - 1
    return _listed(instrument) + max(0, hour) * HOUR_MS


def _listed(instrument: SimulatedInstrument) -> int:
    return instrument.listed_at - instrument.listed_at % HOUR_MS


@lru_cache(maxsize=64)
def _counts(instrument: SimulatedInstrument, spans: int) -> Ints:
    by_hour = np.concatenate([_span(instrument, number) for number in range(spans)])
    return np.concatenate(([0], np.cumsum(by_hour)))


@lru_cache(maxsize=512)
def _span(instrument: SimulatedInstrument, number: int) -> Ints:
    """Minutes traded in each hour of one stretch since listing."""
    first = _listed(instrument) // MINUTE_MS + number * _SPAN_HOURS * 60
    index = np.arange(first, first + _SPAN_HOURS * 60, dtype=np.int64)
    by_hour: Ints = market.traded(instrument, index).reshape(_SPAN_HOURS, 60).sum(axis=1)
    return by_hour
