from __future__ import annotations

import asyncio

import pytest

from arb_pipeline.exchanges.budget import Blocked, Exhausted, RateLimit
from arb_pipeline.exchanges.budget_local import LocalBudget
from arb_pipeline_tests.exchanges.virtual_time import in_virtual_time, now

WINDOW = 5.0


def budget(weight: int = 10, safety: float = 1.0) -> LocalBudget:
    limits = {"spot": RateLimit(weight, WINDOW), "futures": RateLimit(weight, WINDOW)}
    return LocalBudget(limits, safety=safety, clock=now)


async def seconds_for(owner: LocalBudget, *weights: int, pool: str = "spot") -> float:
    began = now()
    for weight in weights:
        await owner.acquire(weight, pool, 10.0)
    return now() - began


@in_virtual_time
async def test_what_fits_the_window_does_not_wait() -> None:
    assert await seconds_for(budget(), 4, 4, 2) == 0


@in_virtual_time
async def test_what_does_not_fit_waits_for_the_window_to_move_on() -> None:
    assert await seconds_for(budget(), 5, 5, 1) == pytest.approx(WINDOW)


@in_virtual_time
async def test_the_safety_margin_is_left() -> None:
    assert await seconds_for(budget(safety=0.5), 5) == 0
    assert await seconds_for(budget(safety=0.5), 5, 1) == pytest.approx(WINDOW)


@in_virtual_time
async def test_no_window_of_any_phase_sees_more_than_the_limit() -> None:
    owner = budget(weight=20)
    spent: list[float] = []

    async def worker() -> None:
        for _ in range(10):
            await owner.acquire(1, "spot", 10.0)
            spent.append(now())

    await asyncio.gather(*(worker() for _ in range(5)))
    for moment in spent:
        # But for the last digit of a float.
        assert sum(moment <= other < moment + WINDOW * 0.999 for other in spent) <= 20


@in_virtual_time
async def test_pools_are_counted_apart() -> None:
    owner = budget()
    await owner.acquire(10, "spot", 10.0)
    assert await seconds_for(owner, 10, pool="futures") == 0


@in_virtual_time
async def test_more_than_a_whole_window_goes_alone() -> None:
    owner = budget()
    assert await seconds_for(owner, 25) == 0
    assert await seconds_for(owner, 1) == pytest.approx(WINDOW)


@in_virtual_time
async def test_what_others_spend_from_the_address_counts() -> None:
    owner = budget()
    await owner.acquire(2, "spot", 10.0)
    owner.observe(9, "spot")
    assert await seconds_for(owner, 1) == 0
    assert await seconds_for(owner, 1) == pytest.approx(WINDOW)


@in_virtual_time
async def test_a_lower_count_of_the_exchange_changes_nothing() -> None:
    owner = budget()
    await owner.acquire(10, "spot", 10.0)
    owner.observe(3, "spot")
    assert await seconds_for(owner, 1) == pytest.approx(WINDOW)


@in_virtual_time
async def test_a_block_holds_for_every_pool_and_is_never_shortened() -> None:
    owner = budget()
    await owner.block(0.2)
    await owner.block(0.01)
    began = now()
    await asyncio.gather(owner.acquire(1, "spot", 10.0), owner.acquire(1, "futures", 10.0))
    assert now() - began == pytest.approx(0.2)


@in_virtual_time
async def test_a_block_longer_than_the_callers_patience_is_no_wait() -> None:
    owner = budget()
    await owner.block(60.0)
    with pytest.raises(Blocked) as caught:
        await owner.acquire(1, "spot", 5.0)
    assert caught.value.seconds == pytest.approx(60)


@in_virtual_time
async def test_waiting_for_room_longer_than_the_callers_patience_is_no_wait() -> None:
    owner = budget()
    await owner.acquire(10, "spot", 10.0)
    began = now()
    with pytest.raises(Exhausted) as caught:
        await owner.acquire(1, "spot", WINDOW / 3)
    assert now() == began
    assert caught.value.seconds == pytest.approx(WINDOW)
    await owner.acquire(1, "spot", WINDOW)  # who is more patient still gets it
