"""What passing the rate budget costs a request; goal: below 0.2 ms, shared by all processes.

Run: ``uv run python -m arb_pipeline_tests.benchmarks.bench_budget``. 200 lanes acquire weight 2 of
counters nobody can empty, from the budget of one process and from the one kept in PostgreSQL, in
turn; "4 at once" are four budgets over connections of their own in this process, on the same row.
Unpaced acquires come faster than any exchange answers, so that leases are as large as they get;
"paced" acquires come as pages do that are asked for one after another, 250 a second. "single" is
what one acquire costs that comes alone, as the beat's do: a statement each. Medians of the rounds.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable

from rich.console import Console
from rich.table import Table

from arb_pipeline.exchanges import Budget, LocalBudget, RateLimit, SharedBudget
from arb_pipeline.model import Company
from arb_pipeline.storage.database import Pool, open_pool
from arb_pipeline.storage.rate_budget import RateLedger
from arb_pipeline_tests.benchmarks.parts import fresh_database, load_note

GOAL_MS = 0.2
ROUNDS = 7
BURST = 20_000
LANES = 200
PACED = 250
SINGLE = 200
LIMITS = {"spot": RateLimit(10**9, 60.0)}


async def _burst(budget: Budget, count: int = BURST) -> float:
    """Milliseconds per acquire of many lanes at once."""

    async def lane() -> None:
        for _ in range(count // LANES):
            await budget.acquire(2, "spot", 60.0)

    began = time.perf_counter()
    await asyncio.gather(*(lane() for _ in range(LANES)))
    return (time.perf_counter() - began) / count * 1000


async def _paced(budget: Budget) -> float:
    """Milliseconds per acquire of one lane that waits 4 ms in between."""
    spent = 0.0
    for _ in range(PACED):
        began = time.perf_counter()
        await budget.acquire(2, "spot", 60.0)
        spent += time.perf_counter() - began
        await asyncio.sleep(1 / PACED)
    return spent / PACED * 1000


async def _single(pools: list[Pool]) -> float:
    """Milliseconds of an acquire of a budget that holds no lease."""
    spent = 0.0
    for _ in range(SINGLE):
        budget = SharedBudget(Company.BINANCE, LIMITS, RateLedger(pools[0]))
        began = time.perf_counter()
        await budget.acquire(2, "spot", 60.0)
        spent += time.perf_counter() - began
    return spent / SINGLE * 1000


async def _measure(url: str) -> dict[str, list[float]]:
    pools = [await open_pool(url, size=1, purpose="bench") for _ in range(4)]
    ledgers = [RateLedger(pool) for pool in pools]

    def shared(index: int = 0) -> SharedBudget:
        return SharedBudget(Company.BINANCE, LIMITS, ledgers[index])

    async def four() -> float:
        each = BURST // 4
        return sum(await asyncio.gather(*(_burst(shared(i), each) for i in range(4)))) / 16

    ways: dict[str, Callable[[], Awaitable[float]]] = {
        "local, unpaced": lambda: _burst(LocalBudget(LIMITS)),
        "shared, unpaced": lambda: _burst(shared()),
        "shared, unpaced, 4 at once": four,
        "local, paced": lambda: _paced(LocalBudget(LIMITS)),
        "shared, paced": lambda: _paced(shared()),
        "shared, single": lambda: _single(pools),
    }
    found: dict[str, list[float]] = {way: [] for way in ways}
    try:
        for _ in range(ROUNDS):
            for way, run in ways.items():
                found[way].append(await run())
    finally:
        for pool in pools:
            await pool.close()
    return found


def main() -> None:
    """Measure and print; the exit code is 1 where the goal is missed."""
    table = Table("way", "ms per request (median)", "best", title=load_note())
    with fresh_database() as url:
        found = asyncio.run(_measure(url))
    for way, rounds in found.items():
        table.add_row(way, f"{statistics.median(rounds):.4f}", f"{min(rounds):.4f}")
    Console().print(table)
    amortised = [way for way in found if way.startswith("shared") and "single" not in way]
    raise SystemExit(any(statistics.median(found[way]) >= GOAL_MS for way in amortised))


if __name__ == "__main__":
    main()
