"""The rate budget of one process, for embedding and where there is no database to share one.

What belongs here: counting what this process spends in a sliding window. What does not: other
processes (``budget_shared.py``).
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from arb_pipeline.exchanges.budget import Blocked, Exhausted, RateLimit


@dataclass(slots=True)
class _Pool:
    limit: RateLimit
    allowed: float
    spent: deque[tuple[float, int]] = field(default_factory=deque)
    total: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def expire(self, now: float) -> None:
        while self.spent and self.spent[0][0] <= now - self.limit.window_seconds:
            self.total -= self.spent.popleft()[1]

    def spend(self, weight: int, now: float) -> None:
        self.spent.append((now, weight))
        self.total += weight

    def seconds_until(self, weight: int, now: float) -> float:
        """How long until ``weight`` fits, or may go alone if it never fits; zero if now."""
        self.expire(now)
        excess = self.total + min(weight, self.allowed) - self.allowed
        for moment, spent in self.spent:
            if excess <= 0:
                return 0.0
            excess -= spent
            if excess <= 0:
                return moment + self.limit.window_seconds - now
        return 0.0


class LocalBudget:
    """The budget of one company for one process.

    Counts a sliding window, which no fixed window of the exchange's can exceed, and takes the
    exchange's count where that is higher: then somebody else spends from the same address.

    Attributes:
        blocked_until: ``clock`` time before which nobody may ask.
    """

    def __init__(
        self,
        limits: Mapping[str, RateLimit],
        *,
        safety: float = 0.8,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._pools = {
            name: _Pool(limit, max(1.0, limit.weight * safety)) for name, limit in limits.items()
        }
        self.blocked_until = 0.0

    async def acquire(self, weight: int, pool: str, patience_seconds: float) -> None:
        """See ``Budget.acquire``."""
        state = self._pools[pool]
        async with state.turn:
            while True:
                now = self._clock()
                blocked = self.blocked_until - now
                if blocked > patience_seconds:
                    raise Blocked(blocked)
                room = state.seconds_until(weight, now)
                if room > patience_seconds:
                    raise Exhausted(room)
                wait = max(blocked, room)
                if wait <= 0:
                    state.spend(weight, now)
                    return
                # A block may be announced meanwhile: look again at least every second.
                await asyncio.sleep(min(wait, 1.0))

    async def block(self, seconds: float, reason: str = "", refused_by: str | None = None) -> None:
        """See ``Budget.block``; neither the reason nor who refused changes anything here."""
        self.blocked_until = max(self.blocked_until, self._clock() + seconds)

    def observe(self, used_weight: int, pool: str, age_seconds: float = 0.0) -> None:
        """See ``Budget.observe``; a window that slides has no other the count could be of."""
        state = self._pools[pool]
        now = self._clock()
        state.expire(now)
        if used_weight > state.total:
            state.spend(used_weight - state.total, now)
