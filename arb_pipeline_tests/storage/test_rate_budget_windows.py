"""No window of the exchange sees more than is allowed: leases at random times, spent at random."""

from __future__ import annotations

import random
from collections import Counter as Tally
from dataclasses import replace

import pytest

from arb_pipeline.storage.database import Pool
from arb_pipeline_tests.storage.account import BYBIT, MIDDLE, Hand


@pytest.mark.parametrize("seed", range(6))
async def test_no_window_of_the_exchange_sees_more_than_is_allowed(pool: Pool, seed: int) -> None:
    """Whatever its clock says, whenever a lease is spent, however long the way."""
    chance = random.Random(seed)
    window = chance.choice([5.0, 10.0, 60.0])
    counter = replace(BYBIT, window_seconds=window)
    head, tail = counter.head_seconds, counter.tail_seconds
    hand = Hand(pool, MIDDLE)
    skews = (-1.0, -0.4, 0.0, 0.7, 1.0)
    counted: Tally[tuple[float, int]] = Tally()
    own: Tally[int] = Tally()
    for _ in range(250):
        # Busiest around the edges, where something could go wrong.
        phase = (hand.now / 1000) % window
        near = phase < head + 0.2 or phase > window - tail - 0.2
        hand.now += chance.uniform(0, 200) if near else chance.uniform(0, window * 250)
        lane = chance.choice([counter, replace(counter, reserve=0.0)])
        lease = await hand.lease(lane, chance.choice([1, 2, 5, 20]), chance.choice([1, 30]))
        for _ in range(lease.weight):
            sent = hand.now / 1000 + chance.choice([0.0, 0.999, chance.random()]) * lease.seconds
            arrives = sent + chance.choice([0.0, 0.5, chance.uniform(0, 0.5)])
            own[int(arrives // window)] += 1
            for skew in skews:
                counted[skew, int((arrives + skew) // window)] += 1
    assert max(counted.values()) <= counter.allowed
    assert max(own.values()) > counter.allowed / 2  # and it was no idle promise


async def test_a_clock_that_was_set_back_stops_nobody(pool: Pool) -> None:
    """It was an hour ahead when weight beyond what is proven was leased at a rate."""
    minute = replace(BYBIT, window_seconds=60.0, allowed=4800, reserve=0.0001)
    hour = 3_600_000
    hand = Hand(pool, 6_000_000_010_000.0 + hour)
    assert (await hand.lease(minute, 240)).weight == 240
    assert (await hand.lease(minute, 300)).weight == 300  # at a rate, from here on
    hand.now -= hour
    assert (await hand.lease(minute, 30)).weight == 30
    assert 0 < (await hand.lease(minute, 30)).retry_seconds < 1
