"""The rate budget of one company as this process sees it: leases out of an account all share.

What belongs here: when to lease, how much, and spending it without asking anybody. What does not:
the account (``Ledger``, kept by ``storage``), and which process may have what (the account).

A lease is spent within ``LEASE_SECONDS`` or given back, so that a block told to any process stops
all others that soon, and what the exchange counts reaches them without a query of its own.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from arb_pipeline.exchanges.budget import Blocked, Exhausted, Ledger, RateLimit
from arb_pipeline.model import Company
from arb_pipeline.model.rates import Ask, Counter, Lease

LEASE_SECONDS = 1.0
# A lease should last about this long: often enough to be fair, seldom enough to cost nothing.
_GOOD_LEASE_SECONDS = 0.25
_LARGEST_CHUNK = 1000


@dataclass(slots=True)
class _Pool:
    """What this process holds of one counter; times are of the budget's clock."""

    counter: Counter
    left: int = 0
    zone: int = 0
    leased_at: float = 0.0
    valid_until: float = 0.0
    zone_began: float = 0.0
    zone_ends: float = 0.0
    chunk: int = 1
    waiting: int = 0
    heard: int = 0
    heard_zone: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def spend(self, weight: int, now: float) -> bool:
        """Spend of the lease; False where it is too small or too old."""
        if weight > self.left or now >= self.valid_until:
            return False
        self.left -= weight
        return True

    def ask(self, weight: int, now: float, *, reserved: bool) -> Ask:
        """What to ask the ledger for; the rest of the old lease goes back with it."""
        age = now - self.leased_at
        if age >= LEASE_SECONDS:
            self.chunk = max(1, self.chunk // 2)
        elif age < _GOOD_LEASE_SECONDS:
            self.chunk = min(_LARGEST_CHUNK, self.chunk * 2)
        unspent, self.left = self.left, 0
        return Ask(
            weight=weight,
            at_most=max(weight, self.waiting, self.chunk),
            reserved=reserved,
            unspent=unspent,
            zone=self.zone,
            heard=self.heard,
            heard_zone=self.heard_zone,
        )

    def receive(self, lease: Lease, asked_at: float, now: float) -> None:
        """Take a lease; it lasts from when it came, or a slow account would never grant any."""
        if lease.zone != self.zone:
            self.zone_began = asked_at
        self.left = lease.weight
        self.zone = lease.zone
        self.leased_at = asked_at
        self.zone_ends = asked_at + lease.seconds
        self.valid_until = min(self.zone_ends, now + LEASE_SECONDS)


class SharedBudget:
    """The budget of one company, shared with every process that has the same ledger.

    Args:
        company: whose.
        limits: its counters and what each allows.
        ledger: the account.
        safety: share of the limits that is used, above 0, at most 1.
        reserve: share of that kept for those with a claim to it.
        reserved: whether this process has one.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        company: Company,
        limits: Mapping[str, RateLimit],
        ledger: Ledger,
        *,
        safety: float = 0.8,
        reserve: float = 0.0,
        reserved: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._company = company
        self._ledger = ledger
        self._reserved = reserved
        self._clock = clock
        self._blocked_until = 0.0
        self._pools = {
            pool: _Pool(
                Counter(
                    company,
                    pool,
                    limit.window_seconds,
                    max(1, int(limit.weight * safety)),
                    0.0 if reserved else reserve,
                )
            )
            for pool, limit in limits.items()
        }

    async def acquire(self, weight: int, pool: str, patience_seconds: float) -> None:
        """See ``Budget.acquire``; the ledger's own failures pass through."""
        state = self._pools[pool]
        state.waiting += weight
        try:
            async with state.turn:
                while True:
                    wait = self._blocked_until - self._clock()
                    if wait > patience_seconds:
                        raise Blocked(wait)
                    if wait <= 0:
                        if state.spend(weight, self._clock()):
                            return
                        wait = await self._lease(state, weight)
                        if wait > patience_seconds and self._blocked_until <= self._clock():
                            raise Exhausted(wait)
                    if wait > 0:
                        # A block may be announced, or another process give back what it has.
                        await asyncio.sleep(min(wait, LEASE_SECONDS))
        finally:
            state.waiting -= weight

    async def block(self, seconds: float, reason: str = "", refused_by: str | None = None) -> None:
        """See ``Budget.block``; every process knows within ``LEASE_SECONDS``."""
        now = self._clock()
        self._blocked_until = max(self._blocked_until, now + seconds)
        await self._ledger.block(self._company, seconds, reason)
        if refused_by is not None:
            state = self._pools[refused_by]
            known = state.heard if state.heard_zone == state.zone else None
            await self._ledger.refused(state.counter, state.left, known or None)

    def observe(self, used_weight: int, pool: str, age_seconds: float = 0.0) -> None:
        """See ``Budget.observe``; told to the ledger with the next lease."""
        state = self._pools[pool]
        now = self._clock()
        if now >= state.zone_ends or now - age_seconds < state.zone_began:
            return  # of a window that is over by now, perhaps
        if state.heard_zone != state.zone:
            state.heard, state.heard_zone = 0, state.zone
        state.heard = max(state.heard, used_weight)

    async def _lease(self, state: _Pool, weight: int) -> float:
        """Renew the lease; returns for how many seconds there is none, at most 0 if there is."""
        asked_at = self._clock()
        lease = await self._ledger.lease(
            state.counter, state.ask(weight, asked_at, reserved=self._reserved)
        )
        state.receive(lease, asked_at, self._clock())
        if lease.blocked_seconds > 0:
            self._blocked_until = max(self._blocked_until, asked_at + lease.blocked_seconds)
            return lease.blocked_seconds
        return 0.0 if lease.weight else lease.retry_seconds
