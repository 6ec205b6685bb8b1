"""Order books: bids below and asks above the price of the moment.

What belongs here: whole numbers of ticks and lots, the same for a book ticker and for a book of
any depth at the same instant. What does not: when an exchange is off (``spreads.py``), text.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from arb_pipeline.simulator.candles import TRADES_MS
from arb_pipeline.simulator.instruments import SimulatedInstrument
from arb_pipeline.simulator.market import contract_units, turnover_decimals
from arb_pipeline.simulator.noise import seed, uniform
from arb_pipeline.simulator.prices import price
from arb_pipeline.simulator.spreads import Spreads

Level = tuple[int, int]  # price in ticks, quantity in lots
# Quote units traded a minute, and tenths of a basis point between bid and ask there.
_WIDTHS = ((100_000, 5), (10_000, 20), (0, 60))
_DEEPEST = 5000


@dataclass(frozen=True, slots=True)
class Book:
    """Bids and asks, each best first; the best bid is at least one tick below the best ask."""

    bids: list[Level]
    asks: list[Level]


def book(spreads: Spreads, instrument: SimulatedInstrument, now: int, levels: int = 1) -> Book:
    """The book at ``now``, milliseconds, with up to so many levels a side."""
    middle = price(instrument, now).middle
    bps = spreads.bps(instrument, now)
    if bps:
        middle = max(1, middle + int(middle * bps / Decimal(10_000)))
    moment = np.array([now // TRADES_MS], dtype=np.int64)
    tenths = next(width for least, width in _WIDTHS if instrument.turnover >= least)
    name = (instrument.exchange.value, instrument.id, "book")
    tenths += int(uniform(seed(*name, "width"), moment, tenths + 1)[0])
    width = max(1, middle * tenths // 100_000)
    best_bid = max(1, middle - width // 2)
    levels = min(levels, _DEEPEST)
    bids = _side(instrument, now, levels, "bids", width)
    asks = _side(instrument, now, levels, "asks", width)
    return Book(
        [(best_bid - away, lots) for away, lots in bids if away < best_bid],
        [(best_bid + width + away, lots) for away, lots in asks],
    )


def _side(
    instrument: SimulatedInstrument, now: int, levels: int, side: str, width: int
) -> list[Level]:
    """How far each level is from the best one, in ticks, and what is offered there, in lots."""
    index = np.arange(levels, dtype=np.int64) + now // TRADES_MS * _DEEPEST
    name = (instrument.exchange.value, instrument.id, side)
    gaps = 1 + uniform(seed(*name, "gaps"), index, 2 * width)
    away = np.cumsum(gaps) - gaps[0]
    # The best level holds up to an eighth of what is traded in a minute, the next ones more.
    typical = typical_lots(instrument, now)
    shares = 1 + uniform(seed(*name, "lots"), index, 1000)
    lots = 1 + typical * (shares // 8 + np.minimum(index - index[0], 20) * 10) // 1000
    return list(zip(away.tolist(), lots.tolist(), strict=True))


def typical_lots(instrument: SimulatedInstrument, now: int) -> int:
    """What is typically traded in a minute, in lots, at today's price."""
    size, _ = contract_units(instrument)
    one = price(instrument, now).middle * size
    scale: int = 10 ** turnover_decimals(instrument)
    return max(1, instrument.turnover * scale // one)
