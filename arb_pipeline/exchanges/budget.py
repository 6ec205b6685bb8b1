"""How much may be asked of a company, and when: what a budget offers, and what it is made of.

What belongs here: the rate budget every request passes, as protocols and plain data. What does
not: the budgets themselves (``budget_local.py`` for one process, ``budget_shared.py`` for all of
an address), what a request weighs (``catalog.py``) and what to do about a refusal (``client.py``).

A *pool* is one of the exchange's own counters: Binance counts spot and futures apart, Bybit
counts everything together. Blocks hold for the whole company, since bans are by address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from arb_pipeline.model import Company
from arb_pipeline.model.rates import Ask, Counter, Lease


class Blocked(Exception):  # noqa: N818 - a state of the budget, not an error of the caller
    """Nobody may ask this company for ``seconds``, which is longer than the caller would wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"blocked for another {seconds:.1f} s")
        self.seconds = seconds


class Exhausted(Exception):  # noqa: N818 - a state of the budget, not an error of the caller
    """What was spent leaves no room for ``seconds``, which is longer than the caller would wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no room for another {seconds:.1f} s")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class RateLimit:
    """``weight`` units may be spent in any ``window_seconds``."""

    weight: int
    window_seconds: float


class Budget(Protocol):
    """The rate budget of one company; safe for any number of concurrent callers."""

    async def acquire(self, weight: int, pool: str, patience_seconds: float) -> None:
        """Return once ``weight`` may be spent from ``pool``; first come, first served.

        Raises:
            Blocked: the company is blocked for longer than ``patience_seconds``.
            Exhausted: whose turn it is would have to wait longer than that for room.
        """

    async def block(self, seconds: float, reason: str = "", refused_by: str | None = None) -> None:
        """Let nobody of this company ask anything for ``seconds``; a longer block stays.

        Args:
            seconds: how long.
            reason: what the exchange answered, one sentence without secrets.
            refused_by: the pool whose counter refused, where that is what the answer says: its
                limit is lower than we believe.
        """

    def observe(self, used_weight: int, pool: str, age_seconds: float = 0.0) -> None:
        """Take note of the exchange's own count of what was spent in its current window.

        Args:
            used_weight: the count.
            pool: of which counter.
            age_seconds: how long ago the request was sent whose answer tells it: it was counted
                then or later.
        """


class Ledger(Protocol):
    """The account of what all processes of an address spend; ``storage`` keeps it.

    Its own failures pass through ``Budget.acquire`` as they are: they are no exchange's.
    """

    async def lease(self, counter: Counter, ask: Ask) -> Lease:
        """Take weight for the process to spend, or learn how long to wait."""

    async def block(self, company: Company, seconds: float, reason: str) -> None:
        """Let nobody ask ``company`` for ``seconds``; a longer block stays."""

    async def refused(self, counter: Counter, unspent: int, heard: int | None) -> None:
        """Expect less of a counter, for a while, that refused what should have fitted.

        Args:
            counter: which.
            unspent: weight the process holds of it and did not spend.
            heard: the exchange's own count, where it tells one.
        """
