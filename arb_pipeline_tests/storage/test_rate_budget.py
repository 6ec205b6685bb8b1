"""The account all processes share: leases, windows, reserve, blocks, what exchanges say of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import asyncpg
import pytest

from arb_pipeline.model import Company
from arb_pipeline.model.rates import Ask
from arb_pipeline.storage.database import Pool, connect
from arb_pipeline.storage.rate_budget import RateLedger
from arb_pipeline_tests.storage.account import BEAT, BYBIT, MIDDLE, Hand

ENDLESS = 1e10  # seconds: until 2286, by the database's clock


async def test_a_window_is_dealt_until_it_is_spent(pool: Pool) -> None:
    hand = Hand(pool)
    first = await hand.lease(BEAT, 1, 1000)
    assert first.weight == 25  # a quarter of what is left
    assert first.seconds == pytest.approx(2.0)  # until the tail begins
    assert first.blocked_seconds <= 0
    assert (await hand.lease(BEAT, 75)).weight == 75
    refused = await hand.lease(BEAT, 1)
    assert refused.weight == 0
    assert refused.retry_seconds == pytest.approx(4.5)
    hand.now += 4499
    assert (await hand.lease(BEAT, 1)).weight == 0
    hand.now += 2
    assert (await hand.lease(BEAT, 100)).weight == 100


async def test_a_lease_near_the_edge_counts_in_both_windows(pool: Pool) -> None:
    hand = Hand(pool, MIDDLE + 2100)
    assert (await hand.lease(BEAT, 60)).weight == 60
    hand.now += 2600  # the head of the next window is over
    assert (await hand.lease(BEAT, 41)).weight == 0
    assert (await hand.lease(BEAT, 40)).weight == 40


async def test_what_is_given_back_can_be_leased_again(pool: Pool) -> None:
    hand = Hand(pool)
    first = await hand.lease(BEAT, 100)
    again = await hand.lease(BEAT, 30, unspent=30, zone=first.zone)
    assert again.weight == 30
    assert (await hand.lease(BEAT, 1)).weight == 0
    hand.now += 10_000
    await hand.lease(BEAT, 90, unspent=70, zone=again.zone)  # of a window long over
    assert (await hand.lease(BEAT, 11)).weight == 0


async def test_a_beat_larger_than_its_reserve_is_first_in_the_next_window(pool: Pool) -> None:
    hand = Hand(pool)
    assert (await hand.lease(BYBIT, 80)).weight == 80
    assert (await hand.lease(BEAT, 20)).weight == 20
    refused = await hand.lease(BEAT, 5)
    assert refused.weight == 0
    hand.now += refused.retry_seconds * 1000
    other = await hand.lease(BYBIT, 1)
    assert other.weight == 0
    assert (await hand.lease(BEAT, 95)).weight == 95
    hand.now += other.retry_seconds * 1000
    assert other.retry_seconds == pytest.approx(1.25)
    assert (await hand.lease(BYBIT, 5)).weight == 5  # nothing is reserved twice


async def test_who_waits_for_the_end_of_a_ban_claims_nothing(pool: Pool) -> None:
    minute = replace(BEAT, window_seconds=60.0)
    ledger = RateLedger(pool)
    await ledger.block(Company.BYBIT, 30.0, "418")
    assert (await ledger.lease(minute, Ask(1, 1, reserved=True))).weight == 0
    await pool.execute("UPDATE company_blocks SET blocked_until = clock_timestamp()")
    assert (await ledger.lease(replace(minute, reserve=0.2), Ask(1, 1))).weight == 1


async def test_a_claim_of_a_clock_that_was_ahead_stops_nobody(pool: Pool) -> None:
    hour = 3_600_000
    hand = Hand(pool, MIDDLE + hour)
    assert (await hand.lease(BEAT, 100)).weight == 100
    assert (await hand.lease(BEAT, 1)).weight == 0
    hand.now -= hour
    assert (await hand.lease(BYBIT, 1)).weight == 0  # the counts are kept
    hand.now += 5000
    assert (await hand.lease(BYBIT, 1)).weight == 1


async def test_backfills_never_take_the_reserve_and_the_beat_may_take_everything(
    pool: Pool,
) -> None:
    hand = Hand(pool)
    assert (await hand.lease(BYBIT, 80)).weight == 80
    assert (await hand.lease(BYBIT, 1)).weight == 0
    assert (await hand.lease(BEAT, 20)).weight == 20
    hand.now += 5000
    assert (await hand.lease(BEAT, 30)).weight == 30
    assert (await hand.lease(BYBIT, 70)).weight == 70  # nothing of the reserve is left to keep
    hand.now += 5000
    assert (await hand.lease(BEAT, 100)).weight == 100


async def test_what_never_fits_goes_alone(pool: Pool) -> None:
    hand = Hand(pool)
    assert (await hand.lease(BYBIT, 90)).weight == 90
    assert (await hand.lease(BYBIT, 90)).weight == 0


async def test_what_the_exchange_counts_beyond_ours_is_somebody_elses(pool: Pool) -> None:
    hand = Hand(pool)
    zone = (await hand.lease(BEAT, 10)).zone
    assert (await hand.lease(BEAT, 30, heard=75, heard_zone=zone)).weight == 0
    assert (await hand.lease(BEAT, 25, heard=60, heard_zone=zone)).weight == 25
    hand.now += 5000
    assert (await hand.lease(BEAT, 100, heard=75, heard_zone=zone)).weight == 100


async def test_counters_and_addresses_are_apart(pool: Pool) -> None:
    here, there = Hand(pool), Hand(pool, egress="tokyo")
    assert (await here.lease(BEAT, 100)).weight == 100
    assert (await there.lease(BEAT, 100)).weight == 100
    assert (await here.lease(replace(BEAT, pool="spot"), 100)).weight == 100
    assert (await here.lease(replace(BEAT, company=Company.MEXC), 100)).weight == 100


async def test_a_block_is_told_with_every_lease_of_its_address(pool: Pool) -> None:
    ledger, elsewhere = RateLedger(pool), RateLedger(pool, egress="tokyo")
    await ledger.block(Company.BYBIT, 30.0, "418")
    lease = await ledger.lease(BEAT, Ask(1, 1, reserved=True))
    assert lease.weight == 0
    assert 25 < lease.blocked_seconds <= 30
    assert (await elsewhere.lease(BEAT, Ask(1, 1, reserved=True))).weight == 1


async def test_who_refuses_early_is_asked_for_less(pool: Pool) -> None:
    counter = replace(BEAT, window_seconds=ENDLESS, allowed=4800)
    ledger = RateLedger(pool)
    await ledger.lease(counter, Ask(150, 150, reserved=True))
    await ledger.refused(counter, 0, 100)  # less than 4 % of 4800: something else was refused
    assert await pool.fetchval("SELECT ceiling FROM rate_budgets") is None
    await ledger.lease(counter, Ask(250, 250, reserved=True))
    await ledger.refused(counter, 50, None)  # 400 were leased, 50 are left
    assert await pool.fetchval("SELECT ceiling FROM rate_budgets") == 280
    await ledger.refused(counter, 0, 301)
    await ledger.refused(counter, 0, 320)
    assert await pool.fetchval("SELECT ceiling FROM rate_budgets") == 240
    assert (await ledger.lease(counter, Ask(1, 1, reserved=True))).weight == 0
    await pool.execute("UPDATE rate_budgets SET ceiling_until = now()")
    assert (await ledger.lease(counter, Ask(1, 1, reserved=True))).weight == 1


async def test_many_connections_at_once_get_no_more_than_there_is(
    database_url: str, pool: Pool
) -> None:
    counter = replace(BEAT, window_seconds=ENDLESS, allowed=300)

    async def worker() -> int:
        connection = await connect(database_url)
        try:
            ledger, got = RateLedger(connection), 0
            while lease := (await ledger.lease(counter, Ask(1, 7, reserved=True))).weight:
                got += lease
            return got
        finally:
            await connection.close()

    assert sum(await asyncio.gather(*(worker() for _ in range(6)))) == 300
    assert await pool.fetchval("SELECT used FROM rate_budgets") == 300


async def test_without_the_database_there_is_no_budget(database_url: str) -> None:
    connection = await connect(database_url)
    await connection.close()
    with pytest.raises(asyncpg.InterfaceError, match="closed"):
        await RateLedger(connection).lease(BEAT, Ask(1, 1))


async def test_a_burst_larger_than_any_before_is_not_spent_at_once(pool: Pool) -> None:
    minute = replace(BYBIT, window_seconds=60.0, allowed=4800, reserve=0.0001)
    hand = Hand(pool, 6_000_000_010_000.0)
    assert (await hand.lease(minute, 240)).weight == 240  # as much as says nothing
    first = await hand.lease(minute, 2, 1000)
    assert first.weight == 4  # a twentieth of a second at what the window allows on average
    assert (await hand.lease(replace(minute, reserve=0.0), 90)).weight == 90  # the beat's
    paced = 0
    for _ in range(20):
        lease = await hand.lease(minute, 2, 1000)
        paced += lease.weight
        hand.now += lease.retry_seconds * 1000 if not lease.weight else 0
    assert hand.now - 6_000_000_010_000 < 1000  # it is no long wait
    assert paced > 40
    await hand.lease(minute, 1000)
    hand.now += 60_000
    assert (await hand.lease(minute, 1300)).weight == 1300  # the last window held that
