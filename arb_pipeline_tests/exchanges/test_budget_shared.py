"""Spending leases: an account that is slow, and counts of the exchange that come late."""

from __future__ import annotations

import asyncio

from arb_pipeline.exchanges import SharedBudget
from arb_pipeline.exchanges.budget import RateLimit
from arb_pipeline.model import Company
from arb_pipeline.model.rates import Ask, Counter, Lease

SPOT = {"spot": RateLimit(6000, 60.0)}


class Account:
    """Grants whatever is asked for, in the zone a test names; its answers take their time."""

    def __init__(self) -> None:
        self.now = 0.0
        self.zone = 1
        self.takes = 0.0
        self.asks: list[Ask] = []

    def clock(self) -> float:
        return self.now

    async def lease(self, counter: Counter, ask: Ask) -> Lease:
        self.asks.append(ask)
        self.now += self.takes
        return Lease(ask.weight, self.zone, 57.5, 0.0, 0.0)

    async def block(self, company: Company, seconds: float, reason: str) -> None:
        raise AssertionError

    async def refused(self, counter: Counter, unspent: int, heard: int | None) -> None:
        raise AssertionError


def budget(account: Account) -> SharedBudget:
    return SharedBudget(Company.BINANCE, SPOT, account, clock=account.clock)


async def test_an_account_slower_than_a_lease_still_grants() -> None:
    account = Account()
    account.takes = 1.7
    await asyncio.wait_for(budget(account).acquire(2, "spot", 10.0), 1.0)
    assert len(account.asks) == 1


async def test_a_count_of_the_window_before_is_not_taken_for_this_one() -> None:
    """Its answer was slow, and somebody has leased of the new window meanwhile."""
    account = Account()
    own = budget(account)
    await own.acquire(2, "spot", 10.0)  # at the edge of a window that is nearly spent
    account.now, account.zone = 3.0, 2
    await own.acquire(2, "spot", 10.0)  # of the next
    account.now = 3.2
    own.observe(5900, "spot", 3.2)
    await own.acquire(2, "spot", 10.0)
    assert account.asks[-1].heard == 0
    account.now = 3.3
    own.observe(40, "spot", 0.1)
    await own.acquire(2, "spot", 10.0)
    assert (account.asks[-1].heard, account.asks[-1].heard_zone) == (40, 2)
