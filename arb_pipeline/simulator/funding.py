"""What perpetual contracts have beside a price: funding and open interest.

What belongs here: rates and times as whole numbers. What does not: text, and what an exchange
calls them.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from arb_pipeline.model import DAY_MS, Company
from arb_pipeline.simulator import figures
from arb_pipeline.simulator.books import typical_lots
from arb_pipeline.simulator.instruments import SimulatedInstrument
from arb_pipeline.simulator.market import MINUTE_MS
from arb_pipeline.simulator.noise import seed, uniform, wave

RATE_DECIMALS = 8
CAP = 2_000_000  # 2 %, in units of 10^-8; the floor is its opposite
_HOUR_MS = 60 * MINUTE_MS
_BASE = 10_000  # 0.01 % in 8 hours: what is paid where nothing pulls
_PULL = 30_000
_JITTER_MS = 25  # Binance's times of payment lie up to this after the full hour


@dataclass(frozen=True, slots=True)
class Funding:
    """The payment that comes next.

    Attributes:
        rate: as it stands now, in units of 10^-8; at ``time`` it is what is paid.
        time: of the payment, milliseconds.
        hours: between two payments.
    """

    rate: int
    time: int
    hours: int


def funding(instrument: SimulatedInstrument, now: int) -> Funding | None:
    """The next payment after ``now``, milliseconds; None where nothing is ever paid."""
    if not instrument.is_futures or instrument.expires_at is not None:
        return None
    hours = instrument.funding_hours
    length = hours * _HOUR_MS
    return Funding(rate(instrument, now), (now // length + 1) * length, hours)


def settled(instrument: SimulatedInstrument, start: int, end: int) -> list[tuple[int, str]]:
    """What was paid in ``[start, end]``, milliseconds: time and rate as text, oldest first.

    Binance's times lie some milliseconds after the full hour, as they do in reality.
    """
    if instrument.settled is not None:
        known = instrument.settled
        first = bisect_left(known, start, key=lambda one: one[0])
        return list(known[first : bisect_left(known, end + 1, key=lambda one: one[0])])
    if not instrument.is_futures or instrument.expires_at is not None:
        return []
    length = instrument.funding_hours * _HOUR_MS
    ends_at = end if instrument.delisted_at is None else min(end, instrument.delisted_at)
    first = max(start - _JITTER_MS, instrument.listed_at)
    times = range(-(-first // length) * length, ends_at + 1, length)
    paid = ((time + _jitter(instrument, time), rate(instrument, time)) for time in times)
    return [(time, figures.text(r, RATE_DECIMALS)) for time, r in paid if start <= time <= ends_at]


def _jitter(instrument: SimulatedInstrument, time: int) -> int:
    if instrument.exchange.company is not Company.BINANCE:
        return 0
    index = np.array([time // _HOUR_MS], dtype=np.int64)
    return int(uniform(seed(instrument.id, "jitter"), index, _JITTER_MS)[0])


def rate(instrument: SimulatedInstrument, instant: int) -> int:
    """The rate as it stands at ``instant``, in units of 10^-8; shorter intervals pay less."""
    pulled = _pulled(instrument, instant // MINUTE_MS)
    return (_BASE + pulled) * instrument.funding_hours // 8


@lru_cache(maxsize=4096)
def _pulled(instrument: SimulatedInstrument, minute: int) -> int:
    key = seed(instrument.asset, instrument.exchange.value, "funding")
    return int(wave(key, np.array([minute], dtype=np.int64), 480, _PULL)[0])


def open_interest(instrument: SimulatedInstrument, now: int) -> int:
    """Contracts in force, in lots; changes once a day."""
    return 400 * typical_lots(instrument, max(now - now % DAY_MS, instrument.listed_at))
