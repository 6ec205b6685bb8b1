"""The account of rate counters with a clock that tests move by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace

from arb_pipeline.model import Company
from arb_pipeline.model.rates import Ask, Counter, Lease
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.rate_budget import RateLedger

BYBIT = Counter(Company.BYBIT, "all", 5.0, 100, 0.2)
BEAT = replace(BYBIT, reserve=0.0)
MIDDLE = 5_000_000_001_500.0  # of a window of BYBIT: 1.5 s after its begin


@dataclass
class Hand:
    """A ledger whose clock is moved by hand, milliseconds."""

    pool: Pool
    now: float = MIDDLE
    egress: str = "default"

    async def lease(self, counter: Counter, weight: int, at_most: int = 0, **more: int) -> Lease:
        ledger = RateLedger(self.pool, egress=self.egress, clock=lambda: self.now)
        ask = Ask(weight, max(weight, at_most), reserved=not counter.reserve, **more)
        return await ledger.lease(counter, ask)
