"""The whole pipeline on real parts: TimescaleDB, the simulator over HTTP, a Dagster instance."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import dagster as dg
import pytest

from arb_pipeline import settings as settings_module
from arb_pipeline.defs.launch import Launched, materialize_candles, materialize_symbols
from arb_pipeline.defs.partitions import ExchangeDay
from arb_pipeline.model import DAY_MS, Exchange, Instrument, now_ms
from arb_pipeline.simulator import RequestRecord, Simulator
from arb_pipeline.storage.database import Pool, connect, open_pool
from arb_pipeline.storage.reference import Reference, track

T = TypeVar("T")


@dataclass
class Pipeline:
    """Everything a test needs to collect, break and look."""

    url: str
    simulator: Simulator
    instance: dg.DagsterInstance

    def query(self, ask: Callable[[Pool], Awaitable[T]]) -> T:
        """Ask the test's database."""

        async def asked() -> T:
            async with await open_pool(self.url, size=2) as pool:
                return await ask(pool)

        return asyncio.run(asked())

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of a statement, as tuples."""

        async def fetch(pool: Pool) -> list[tuple[Any, ...]]:
            return [tuple(row.values()) for row in await pool.fetch(statement, *values)]

        return self.query(fetch)

    def sync(self, *exchanges: Exchange) -> Launched:
        """Synchronise listings."""
        return materialize_symbols(self.instance, exchanges)

    def track(self, exchange: Exchange, *names: str) -> list[Instrument]:
        """Track symbols, synchronising the exchange's listings first where needed."""
        reference = self.query(Reference.load)
        if not reference.listed(exchange):
            assert self.sync(exchange).problem is None
            reference = self.query(Reference.load)
        chosen = [reference.find(exchange, name) for name in names]
        self.query(lambda pool: track(pool, chosen))
        return chosen

    def collect(self, days: Sequence[ExchangeDay], **config: Any) -> Launched:
        """Materialize the candles of partitions."""
        return materialize_candles(self.instance, days, config=config)

    def asked(self, exchange: Exchange) -> list[RequestRecord]:
        """Requests for candles the simulator got so far."""
        return self.simulator.requests.select(exchange=exchange, endpoint="candles")

    def materialized(self, asset: str = "candles") -> set[str]:
        """Partitions Dagster shows as materialized."""
        return self.instance.get_materialized_partitions(dg.AssetKey(asset))


def point_at(
    monkeypatch: pytest.MonkeyPatch, url: str, simulator: Simulator, home: Path, **more: str
) -> None:
    """Let the settings of this process, and of its children, name the test's parts."""
    variables = {
        "DATABASE_URL": url,
        "ARB_HOME": str(home),
        "ARB_SIMULATOR": "false",  # its databases are named as they are, its addresses below
        "ARB_RETRY_BASE_SECONDS": "0.01",
        "ARB_BAN_SECONDS": "0.01",
        # A busy machine may take seconds over an answer; asked again, a request counts twice.
        "ARB_REQUEST_TIMEOUT_SECONDS": "10",
        "ARB_REQUEST_ATTEMPTS": "3",
        **{f"{company}_BASE_URL": base for company, base in simulator.company_urls.items()},
        **more,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    settings_module.settings.cache_clear()


@pytest.fixture
def pipeline(
    database_url: str, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Pipeline]:
    """A pipeline over a fresh database, a fresh simulator and an instance in memory."""
    # Samples are of today, and most tests name the day twice: none begins right before midnight.
    left_ms = DAY_MS - now_ms() % DAY_MS
    if left_ms < 30_000:
        time.sleep(left_ms / 1000)
    point_at(monkeypatch, database_url, simulator, tmp_path)
    with dg.DagsterInstance.ephemeral() as instance:
        yield Pipeline(database_url, simulator, instance)
    settings_module.settings.cache_clear()


@pytest.fixture
def dagster_database(server_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A database of the test's own for Dagster's storage, for tests that start processes."""
    name = f"arb_test_dagster_{uuid4().hex[:12]}"
    monkeypatch.setenv("ARB_DAGSTER_DB", name)
    settings_module.settings.cache_clear()
    yield
    asyncio.run(_drop(server_url, name))


async def _drop(server_url: str, name: str) -> None:
    connection = await connect(server_url)
    try:
        await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    finally:
        await connection.close()
