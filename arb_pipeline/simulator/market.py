"""The market model: what every instrument was traded at in every minute.

What belongs here: one-minute candles as whole numbers of ticks and lots, and their exact
aggregation. What does not: text (``rendering.py``), pages (``candles.py``).

A price is a closed formula of the minute, so any day can be computed without those before it. It
is the typical price of the asset times one plus the asset's noise plus a small noise of the
exchange: exchanges agree up to a few basis points. A candle opens where the one before closed.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import lru_cache

import numpy as np

from arb_pipeline.model import Timeframe
from arb_pipeline.simulator.instruments import SimulatedInstrument
from arb_pipeline.simulator.noise import Ints, layered, seed, uniform, wave

MINUTE_MS = 60_000
Bools = np.ndarray[tuple[int], np.dtype[np.bool_]]
_SCALE = 10**7  # noise is in units of 10^-7 of the price
# (period in minutes, amplitude): together at most 22.4 % away from the typical price.
_ASSET_WAVES = (
    (1, 3_000), (4, 5_000), (16, 9_000), (64, 18_000), (256, 35_000), (1024, 70_000),
    (4096, 130_000), (16_384, 250_000), (65_536, 400_000), (262_144, 600_000),
    (1_048_576, 720_000),
)  # fmt: skip
_EXCHANGE_WAVES = ((32, 2_000), (2_048, 2_000))
_WICK = 3_000
PRINTS = 20  # trades a minute is split into, of a lot at least (``prints.py``)
SUMS = ("quantity", "turnover", "trades", "taker_quantity", "taker_turnover")


@dataclass(frozen=True, slots=True)
class Candles:
    """Candles as columns of whole numbers; only intervals in which something was traded.

    Attributes:
        time: open time, milliseconds.
        open: in ticks, as are ``high``, ``low`` and ``close``.
        quantity: in lots.
        turnover: in units of tick times lot times contract size.
        trades: how many.
        taker_quantity: bought by takers, in lots.
        taker_turnover: the same in the unit of ``turnover``.
    """

    time: Ints
    open: Ints
    high: Ints
    low: Ints
    close: Ints
    quantity: Ints
    turnover: Ints
    trades: Ints
    taker_quantity: Ints
    taker_turnover: Ints

    def where(self, chosen: Bools) -> Candles:
        """The chosen rows."""
        return Candles(*(getattr(self, field.name)[chosen] for field in fields(self)))


def ticks(instrument: SimulatedInstrument, minutes: Ints, *, index: bool = False) -> Ints:
    """The price at the beginning of each of consecutive minutes, in ticks, at least 1.

    The index is the price without what sets the exchange apart from the others.
    """
    moved = _SCALE + layered(instrument.asset, _ASSET_WAVES, int(minutes[0]), len(minutes))
    for period, amplitude in () if index else _EXCHANGE_WAVES:
        key = seed(instrument.asset, instrument.exchange, str(period))
        moved += wave(key, minutes, period, amplitude)
    # Shortened to 11 digits, so that the product fits 63 bits whatever the coin is worth.
    spare = max(0, len(str(instrument.price)) - 11)
    divisor = _SCALE * 10 ** (12 - instrument.price_decimals - spare)
    price: Ints = np.maximum(instrument.price // 10**spare * moved // divisor, 1)
    return price


def contract_units(instrument: SimulatedInstrument) -> tuple[int, int]:
    """Contract size as a whole number and its decimals: ``0.01`` is ``(1, 2)``."""
    whole, _, fraction = instrument.contract_size.partition(".")
    return int(whole + fraction), len(fraction)


def turnover_decimals(instrument: SimulatedInstrument) -> int:
    """Decimals of ``Candles.turnover``."""
    size_decimals = contract_units(instrument)[1]
    return instrument.price_decimals + instrument.quantity_decimals + size_decimals


def minutes(instrument: SimulatedInstrument, start: int, end: int) -> Candles:
    """The one-minute candles that open in ``[start, end)`` while the instrument is traded."""
    index = np.arange(start // MINUTE_MS, end // MINUTE_MS + 1, dtype=np.int64)
    price = ticks(instrument, index)
    index, opens, closes = index[:-1], price[:-1], price[1:]
    name = (instrument.exchange, instrument.id)
    wick = np.minimum(opens, closes)
    high = np.maximum(opens, closes) + wick * uniform(seed(*name, "high"), index, _WICK) // _SCALE
    low = np.minimum(opens, closes)
    low = np.maximum(low - low * uniform(seed(*name, "low"), index, _WICK) // _SCALE, 1)

    size, _ = contract_units(instrument)
    # By the typical price, not today's: a minute must not depend on what else is asked for.
    unit = max(1, instrument.price // 10 ** (12 - instrument.price_decimals) * size)
    typical = max(1, instrument.turnover * 10 ** turnover_decimals(instrument) // unit)
    spread = uniform(seed(*name, "lots"), index, 1000) * uniform(seed(*name, "burst"), index, 1000)
    quantity = PRINTS + typical * (spread // 1000) // 250
    average = (opens + high + low + closes) // 4
    taker = quantity * uniform(seed(*name, "taker"), index, 1001) // 1000
    trades = np.minimum(PRINTS + uniform(seed(*name, "trades"), index, 380), quantity)

    time = index * MINUTE_MS
    return Candles(
        time, opens, high, low, closes, quantity, quantity * average * size,
        trades, taker, taker * average * size,
    ).where(traded(instrument, index))  # fmt: skip


def traded(instrument: SimulatedInstrument, index: Ints) -> Bools:
    """In which minutes (counted since the epoch) anything is traded."""
    key = seed(instrument.exchange.value, instrument.id, "trading")
    exists: Bools = uniform(key, index, 1000) < instrument.trading_permille
    exists &= index * MINUTE_MS >= instrument.listed_at
    if instrument.ends_at is not None:
        exists &= index * MINUTE_MS < instrument.ends_at
    return exists


def aggregate(candles: Candles, timeframe: Timeframe) -> Candles:
    """The same trading in longer candles, exactly."""
    if timeframe.milliseconds == MINUTE_MS or not len(candles.time):
        return candles
    opens = candles.time - (candles.time - timeframe.origin) % timeframe.milliseconds
    first = np.flatnonzero(np.diff(opens, prepend=opens[0] - 1))
    last = np.append(first[1:], len(opens)) - 1
    return Candles(
        opens[first],
        candles.open[first],
        np.maximum.reduceat(candles.high, first),
        np.minimum.reduceat(candles.low, first),
        candles.close[last],
        *(np.add.reduceat(getattr(candles, name), first) for name in SUMS),
    )


def open_candle(instrument: SimulatedInstrument, opened: int, now: int) -> Candles:
    """The candle that opened at ``opened`` as it stands at ``now``; empty without a trade yet.

    Minutes that are over count in full, the running one in the part that has passed.
    """
    before, running = _until(instrument, opened, now - now % MINUTE_MS)
    return _joined(before, _part(running, now), opened)


@lru_cache(maxsize=1024)
def _until(instrument: SimulatedInstrument, opened: int, minute: int) -> tuple[Candles, Candles]:
    """The minutes since ``opened`` as one candle, and the one that begins at ``minute``."""
    candles = minutes(instrument, opened, minute + MINUTE_MS)
    whole = Timeframe("whole", minute + MINUTE_MS - opened, origin=opened)
    over = candles.time < minute
    return aggregate(candles.where(over), whole), candles.where(~over)


def _part(candle: Candles, now: int) -> Candles:
    """A minute's candle as far as it has come; its range lies within the final one."""
    elapsed = now % MINUTE_MS

    def part(column: Ints) -> Ints:
        return column * elapsed // MINUTE_MS

    close = candle.open + part(candle.close - candle.open)
    return Candles(
        candle.time,
        candle.open,
        np.maximum(candle.open, close) + part(candle.high - np.maximum(candle.open, candle.close)),
        np.minimum(candle.open, close) - part(np.minimum(candle.open, candle.close) - candle.low),
        close,
        *(part(getattr(candle, name)) for name in SUMS),
    )


def _joined(before: Candles, running: Candles, opened: int) -> Candles:
    """Two candles, each there or not, as one that opens at ``opened``."""
    if not len(running.time):
        return before
    if not len(before.time):
        return replace(running, time=np.array([opened], dtype=np.int64))
    return Candles(
        before.time,
        before.open,
        np.maximum(before.high, running.high),
        np.minimum(before.low, running.low),
        running.close,
        *(getattr(before, name) + getattr(running, name) for name in SUMS),
    )
