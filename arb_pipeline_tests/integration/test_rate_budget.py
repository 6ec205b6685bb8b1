"""Processes that share a database share a rate budget, and nobody is told to slow down."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import replace

import pytest

from arb_pipeline.model import Company, Exchange
from arb_pipeline.simulator import Rule, Simulator
from arb_pipeline.storage.database import Pool
from arb_pipeline_tests.integration.spender import Plan, Spenders

WINDOW = 2.0
LIMIT = 100


def bybit(database_url: str, simulator: Simulator) -> Plan:
    """A backfill of a Bybit that counts in windows of two seconds."""
    simulator.limits.configure("bybit", Rule(LIMIT, WINDOW))
    return Plan(
        database=database_url,
        base_url=simulator.company_urls[Company.BYBIT],
        exchange=Exchange.BYBIT_SPOT,
        limit=LIMIT,
        window_seconds=WINDOW,
        weight=1,
        reserve=0.15,
        safety=1.0,
    )


def aligned(window: float, phase: float) -> None:
    """Sleep until a window is that many seconds old."""
    time.sleep((phase - time.time()) % window)


def per_window(simulator: Simulator, window: float) -> Counter[int]:
    to_wall = time.time() - time.monotonic()
    return Counter(int((record.at + to_wall) // window) for record in simulator.requests)


@pytest.mark.slow
def test_four_processes_are_never_told_to_slow_down(
    database_url: str, simulator: Simulator
) -> None:
    plan = replace(bybit(database_url, simulator), seconds=2.4 * WINDOW, reserve=0.0)
    spenders = Spenders(*(replace(plan, lanes=8) for _ in range(4)))
    aligned(WINDOW, WINDOW / 2)
    spenders.go()
    results = spenders.results()
    assert [one["error"] for one in results] == [""] * 4
    assert simulator.requests.said(Company.BYBIT, 429) == 0
    spent = per_window(simulator, WINDOW)
    assert max(spent.values()) <= LIMIT
    assert sorted(spent.values())[-2] >= 0.9 * LIMIT
    # Nobody got nothing.
    assert min(one["answers"] for one in results) >= LIMIT / 10


@pytest.mark.slow
def test_a_limit_lower_than_declared_is_learned(database_url: str, simulator: Simulator) -> None:
    """300 of the 6,000 we believe in, in four processes; a minute lasts three seconds."""
    simulator.limits.configure("binance-spot", Rule(300, 3.0))
    plan = Plan(
        database=database_url,
        base_url=simulator.company_urls[Company.BINANCE],
        exchange=Exchange.BINANCE_SPOT,
        limit=6000,
        window_seconds=3.0,
        weight=2,
        lanes=2,
        most=70,
    )
    spenders = Spenders(*(plan for _ in range(4)))
    aligned(3.0, 0.7)
    spenders.go()
    results = spenders.results()
    assert [(one["answers"], one["error"]) for one in results] == [(70, "")] * 4
    assert simulator.requests.said(Company.BINANCE, 429) <= 8  # what was under way then


@pytest.mark.slow
def test_the_beat_does_not_wait_for_a_backfill(database_url: str, simulator: Simulator) -> None:
    plan = replace(bybit(database_url, simulator), seconds=1.75 * WINDOW)
    beat = replace(plan, reserved=True, lanes=1, pause_seconds=0.3)
    spenders = Spenders(plan, plan, beat)
    spenders.go()
    first, second, sampled = spenders.results()
    assert sampled["error"] == ""
    assert sampled["answers"] >= 8
    assert sampled["slowest"] < 1.0
    assert max(first["slowest"], second["slowest"]) > 0.4  # they did wait
    assert simulator.requests.said(Company.BYBIT, 429) == 0


@pytest.mark.slow
def test_a_ban_told_to_one_process_stops_another_that_runs(
    database_url: str, simulator: Simulator
) -> None:
    plan = replace(bybit(database_url, simulator), seconds=8.0, patience_seconds=1.0, lanes=1)
    plan = replace(plan, pause_seconds=0.05)
    running = Spenders(plan)
    running.go()
    time.sleep(0.7)
    # The other one is told: nothing more is asked by whoever runs.
    simulator.limits.configure("bybit", Rule(0, WINDOW, ban_after=0))
    told = Spenders(replace(plan, most=1))
    simulator.requests.clear()
    told.go()
    (stopped,) = running.results()
    assert "Banned" in stopped["error"] or "RateLimited" in stopped["error"]
    told.results()
    assert len(simulator.requests) <= 3


@pytest.mark.slow
async def test_the_lease_of_a_killed_process_comes_back_with_the_window(
    database_url: str, simulator: Simulator, pool: Pool
) -> None:
    plan = replace(bybit(database_url, simulator), seconds=60.0)
    dying = Spenders(plan)
    dying.go()
    await asyncio.sleep(0.5)
    dying.kill()
    assert await pool.fetchval("SELECT used FROM rate_budgets") > 0
    next_one = Spenders(replace(plan, most=LIMIT))
    began = time.monotonic()
    next_one.go()
    (finished,) = next_one.results()
    assert (finished["answers"], finished["error"]) == (LIMIT, "")
    assert finished["ended"] - began < 2 * WINDOW + 1
    assert simulator.requests.said(Company.BYBIT, 429) == 0


@pytest.mark.slow
def test_what_somebody_else_spends_from_the_address_is_left_to_them(
    database_url: str, simulator: Simulator
) -> None:
    simulator.limits.configure("binance-spot", Rule(2 * LIMIT, WINDOW))
    plan = Plan(
        database=database_url,
        base_url=simulator.company_urls[Company.BINANCE],
        exchange=Exchange.BINANCE_SPOT,
        limit=2 * LIMIT,
        window_seconds=WINDOW,
        weight=2,
        seconds=2.4 * WINDOW,
        pause_seconds=0.02,
    )
    spenders = Spenders(plan, plan)
    aligned(WINDOW, WINDOW / 2)
    spenders.go()
    for _ in range(2):
        aligned(WINDOW, 0.02)
        assert simulator.limits.charge("binance-spot", LIMIT).allowed  # half of it
        time.sleep(0.1)
    assert [one["error"] for one in spenders.results()] == ["", ""]
    assert simulator.requests.said(Company.BINANCE, 429) == 0
    assert max(per_window(simulator, WINDOW).values()) * plan.weight >= LIMIT / 2
