"""Whose turn it is to ask an exchange: places, the rate budget, and what answers say of both.

What belongs here: waiting for leave to ask, and passing on who refused and what was counted. What
does not: asking (``client.py``) and keeping count (``budget.py``).
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from arb_pipeline.exchanges.budget import Blocked, Budget, Exhausted
from arb_pipeline.exchanges.catalog import VENUES
from arb_pipeline.exchanges.errors import Banned, RateLimited
from arb_pipeline.exchanges.session import Answer
from arb_pipeline.model import Exchange, iso, now_ms

# Most requests to one exchange that are under way at once, each over a socket of its own.
_AT_ONCE = 32
# How much earlier than the end of its window an exchange may tell people to come back.
_LEEWAY_SECONDS = 1.5
# As many digits as any count of an exchange's has.
_LONGEST_COUNT = 9


class Turns:
    """The turns at one exchange.

    Args:
        exchange: which.
        budget: its company's.
        patience_seconds: for how long a turn is waited for at a time.
        now: the exchange's clock, milliseconds.
    """

    def __init__(
        self, exchange: Exchange, budget: Budget, patience_seconds: float, now: Callable[[], int]
    ) -> None:
        self._exchange = exchange
        self._venue = VENUES[exchange]
        self._budget = budget
        self._patience_seconds = patience_seconds
        self._now = now
        self._places = asyncio.Semaphore(_AT_ONCE)

    @asynccontextmanager
    async def turn(self, weight: int) -> AsyncIterator[None]:
        """Hold a place in which ``weight`` may be spent, at once.

        The place comes first: who had leave to ask and then waited for a socket would ask in
        another window than the one it is charged to, and after a ban that all others have heard of.

        Raises:
            Banned, RateLimited: that would take longer than the patience; nothing is asked.
        """
        async with self._places:
            try:
                await self._budget.acquire(weight, self._venue.pool, self._patience_seconds)
            except Blocked as blocked:
                until = iso(now_ms() // 1000 * 1000 + math.ceil(blocked.seconds) * 1000)
                raise Banned(
                    self._exchange,
                    f"nothing is asked before {until}, as an earlier answer wants it",
                    retry_after=blocked.seconds,
                ) from None
            except Exhausted as spent:
                raise RateLimited(
                    self._exchange,
                    "the rate budget is spent; nothing was asked",
                    retry_after=spent.seconds,
                ) from None
            yield

    async def refused(self, error: RateLimited, seconds: float) -> None:
        """Let nobody of the company ask for ``seconds``."""
        # A ban is about what was done before; only a plain refusal tells of the counter.
        window = self._venue.limit.window_seconds
        left = window - self._now() / 1000 % window
        # Who may ask again long before the window begins anew was not refused for what it held.
        counted = error.retry_after is None or error.retry_after >= left - _LEEWAY_SECONDS
        refused_by = self._venue.pool if counted and not isinstance(error, Banned) else None
        await self._budget.block(seconds, str(error), refused_by)

    def heard(self, answer: Answer) -> None:
        """Pass on the exchange's own count, where an answer tells it."""
        header = self._venue.used_weight_header
        used = answer.headers.get(header) if header else None
        if used is not None and used.isdecimal() and len(used) <= _LONGEST_COUNT:
            age = time.monotonic() - answer.sent_at
            self._budget.observe(int(used), self._venue.pool, age)
