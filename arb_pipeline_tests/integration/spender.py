"""Processes that ask one exchange as fast as the budget they share lets them."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from typing import Any

from arb_pipeline.exchanges import (
    Connection,
    ExchangeError,
    RateLimit,
    RetryOptions,
    SharedBudget,
    open_exchanges,
)
from arb_pipeline.exchanges.shapes import rows_at
from arb_pipeline.exchanges.venues import VENUES
from arb_pipeline.model import Exchange
from arb_pipeline.storage.database import open_pool
from arb_pipeline.storage.rate_budget import RateLedger

METHODS = {
    Exchange.BINANCE_SPOT: ("public_get_klines", {"symbol": "BTCUSDT", "interval": "1m"}, ()),
    Exchange.BYBIT_SPOT: (
        "public_get_v5_market_kline",
        {"category": "spot", "symbol": "BTCUSDT", "interval": "1"},
        ("result", "list"),
    ),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a process is to do; ``most`` requests, or for ``seconds``."""

    database: str
    base_url: str
    exchange: str
    limit: int
    window_seconds: float
    weight: int
    safety: float = 0.8
    reserve: float = 0.0
    reserved: bool = False
    lanes: int = 4
    most: int = 10**9
    seconds: float = 1e9
    pause_seconds: float = 0.0
    patience_seconds: float = 60.0


async def spend(plan: Plan, pipe: Pipe) -> dict[str, Any]:
    """Do it; returns how many answers, the slowest call, and the error that ended it."""
    exchange = Exchange(plan.exchange)
    company, pool_name = exchange.company, VENUES[exchange].pool
    method, params, path = METHODS[exchange]
    found: dict[str, Any] = {"answers": 0, "slowest": 0.0, "error": ""}
    begun = 0
    async with await open_pool(plan.database, size=1, purpose="test") as pool:
        budget = SharedBudget(
            company,
            {pool_name: RateLimit(plan.limit, plan.window_seconds)},
            RateLedger(pool),
            safety=plan.safety,
            reserve=plan.reserve,
            reserved=plan.reserved,
        )
        async with open_exchanges(
            {company: Connection(base_url=plan.base_url)},
            retry=RetryOptions(attempts=5, patience_seconds=plan.patience_seconds),
            budgets={company: budget},
        ) as exchanges:
            client = exchanges[exchange]
            pipe.send("ready")
            await asyncio.to_thread(pipe.recv)
            ends = time.monotonic() + plan.seconds

            async def lane() -> None:
                nonlocal begun
                while begun < plan.most and time.monotonic() < ends:
                    begun += 1
                    began = time.monotonic()
                    await client.call(
                        method,
                        {**params, "limit": 2},
                        weight=plan.weight,
                        expect=rows_at(*path),
                        subject="BTCUSDT",
                    )
                    found["slowest"] = max(found["slowest"], time.monotonic() - began)
                    found["answers"] += 1
                    await asyncio.sleep(plan.pause_seconds)

            try:
                await asyncio.gather(*(lane() for _ in range(plan.lanes)))
            except ExchangeError as error:
                found["error"] = f"{type(error).__name__}: {error}"
    found["ended"] = time.monotonic()
    return found


def _run(plan: Plan, pipe: Pipe) -> None:
    pipe.send(asyncio.run(spend(plan, pipe)))


class Spenders:
    """Such processes, seen from the test."""

    def __init__(self, *plans: Plan) -> None:
        # Forked from a process that has imported everything once, and holds nothing open.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([__name__])
        self._running = []
        for plan in plans:
            ours, theirs = context.Pipe()
            process = context.Process(target=_run, args=(plan, theirs), daemon=True)
            process.start()
            theirs.close()
            self._running.append((process, ours))
        for _, pipe in self._running:
            assert pipe.recv() == "ready"

    def go(self) -> None:
        """Let all begin."""
        for _, pipe in self._running:
            pipe.send("go")

    def kill(self) -> None:
        """kill -9."""
        for process, pipe in self._running:
            process.kill()
            process.join()
            pipe.close()

    def results(self, timeout: float = 60.0) -> list[dict[str, Any]]:
        """Wait for all to end."""
        found = []
        for process, pipe in self._running:
            assert pipe.poll(timeout)
            found.append(pipe.recv())
            process.join()
            pipe.close()
        return found
