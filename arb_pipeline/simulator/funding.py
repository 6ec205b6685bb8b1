"""What perpetual contracts have beside a price: funding and open interest.

What belongs here: rates and times as whole numbers. What does not: text, and what an exchange
calls them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from arb_pipeline.model import DAY_MS
from arb_pipeline.simulator.books import typical_lots
from arb_pipeline.simulator.instruments import SimulatedInstrument
from arb_pipeline.simulator.market import MINUTE_MS
from arb_pipeline.simulator.noise import seed, wave

RATE_DECIMALS = 8
CAP = 2_000_000  # 2 %, in units of 10^-8; the floor is its opposite
_HOUR_MS = 60 * MINUTE_MS
_BASE = 10_000  # 0.01 % in 8 hours: what is paid where nothing pulls
_PULL = 30_000


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
