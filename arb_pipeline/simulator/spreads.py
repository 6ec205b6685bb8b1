"""When the quotes of one exchange lie off those of the others, so that an arbitrage opens.

What belongs here: by how much quotes are shifted at an instant, by the model or by hand. What does
not: the quotes (``books.py``). Only quotes are shifted: candles, last, mark and index price stay,
as if nobody had traded at the shifted quotes yet.

By the model, an asset is off on an exchange in one of twelve hours, for two to five minutes, by
60 to 120 basis points up or down: more than 30 remain between the bid of one exchange and the ask
of another, whatever the noise of both. All its instruments there are off together.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import numpy as np

from arb_pipeline.model import Exchange, Interval
from arb_pipeline.simulator.instruments import SimulatedInstrument
from arb_pipeline.simulator.market import MINUTE_MS
from arb_pipeline.simulator.noise import seed, uniform

_HOUR_MS = 60 * MINUTE_MS
_ONE_HOUR_OF = 12


@dataclass(frozen=True, slots=True)
class Shift:
    """Quotes are ``bps`` basis points higher while ``interval`` lasts; lower where negative."""

    bps: Decimal
    interval: Interval


@lru_cache(maxsize=8192)
def shift_of_hour(asset: str, exchange: Exchange, hour: int) -> Shift | None:
    """How the model shifts an asset in the hour of that number since the epoch, if at all."""

    def draw(what: str, bound: int) -> int:
        numbers = np.array([hour], dtype=np.int64)
        return int(uniform(seed(asset, exchange.value, "shift", what), numbers, bound)[0])

    if draw("whether", _ONE_HOUR_OF):
        return None
    start = hour * _HOUR_MS + draw("begin", 55) * MINUTE_MS
    length = (2 + draw("length", 4)) * MINUTE_MS
    size = 60 + draw("size", 61)
    sign = 1 if draw("sign", 2) else -1
    return Shift(Decimal(sign * size), Interval(start, start + length))


class Spreads:
    """The shifts in force; safe to use from several threads."""

    def __init__(self) -> None:
        self._by_hand: dict[tuple[Exchange, str], Shift] = {}
        self._lock = threading.Lock()

    def open(self, exchange: Exchange, exchange_symbol: str, shift: Shift) -> None:
        """Shift the quotes of one symbol; while it lasts the model does not shift them."""
        with self._lock:
            self._by_hand = {**self._by_hand, (exchange, exchange_symbol): shift}

    def clear(self) -> None:
        """End what was opened by hand."""
        with self._lock:
            self._by_hand = {}

    def by_hand(self) -> dict[tuple[Exchange, str], Shift]:
        """What was opened by hand, over or not."""
        return dict(self._by_hand)

    def bps(self, instrument: SimulatedInstrument, now: int) -> Decimal:
        """By how many basis points the quotes of an instrument are shifted at ``now``."""
        shift = self._by_hand.get((instrument.exchange, instrument.id))
        if shift is None or not shift.interval.start <= now < shift.interval.end:
            if instrument.recording is not None:
                return Decimal(0)
            shift = shift_of_hour(instrument.asset, instrument.exchange, now // _HOUR_MS)
        if shift is None or not shift.interval.start <= now < shift.interval.end:
            return Decimal(0)
        return shift.bps
