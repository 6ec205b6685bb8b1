"""What the benchmarks stand on: a database of their own, exchanges that never say wait, CPU clocks.

Imports neither Dagster nor ccxt, so that a benchmark that starts the pipeline as a process stays
smaller than what it measures.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from uuid import uuid4

import psutil

from arb_pipeline.environment import database_url
from arb_pipeline.model import Company
from arb_pipeline.settings import settings
from arb_pipeline.storage.create_database import ensure_database, with_database
from arb_pipeline.storage.database import connect
from arb_pipeline.storage.migrations import migrate


@contextmanager
def fresh_database(*, more: tuple[str, ...] = ()) -> Iterator[str]:
    """URL of a migrated database on the configured server (or the embedded one); dropped after.

    Args:
        more: names of databases that came to be meanwhile and go with it.
    """
    server = database_url(settings())
    name = f"arb_bench_{uuid4().hex[:8]}"
    url = with_database(server, name)
    ensure_database(url)
    try:
        asyncio.run(_migrate(url))
        yield url
    finally:
        asyncio.run(_drop(server, (name, *more)))


async def _migrate(url: str) -> None:
    await migrate(url)


async def _drop(server: str, names: tuple[str, ...]) -> None:
    connection = await connect(server)
    try:
        for name in names:
            await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    finally:
        await connection.close()


async def execute(url: str, statement: str) -> int:
    """Run a statement; its number, if it has one."""
    connection = await connect(url)
    try:
        return int(await connection.fetchval(statement) or 0)
    finally:
        await connection.close()


@dataclass(frozen=True, slots=True)
class Served:
    """A simulator in a process of its own."""

    company_urls: Mapping[Company, str]
    process: psutil.Process


def _serve(pipe: Pipe) -> None:
    # Imported here: the process that measures need not carry the simulator.
    from arb_pipeline.simulator import RULES, Rule, Simulator

    simulator = Simulator(limits={pool: Rule(10**9, 60) for pool in RULES})
    with simulator.serve():
        pipe.send(simulator.company_urls)
        pipe.poll(None)  # until the other end closes


@contextmanager
def served_simulator() -> Iterator[Served]:
    """A simulator in another process, with limits nobody reaches."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    server = spawn.Process(target=_serve, args=(theirs,))
    server.start()
    theirs.close()  # so that recv fails instead of waiting where the server died at once
    try:
        yield Served(ours.recv(), psutil.Process(server.pid))
    finally:
        ours.close()
        server.join()


@contextmanager
def pipeline_environment(url: str, served: Served, dagster_database: str) -> Iterator[None]:
    """Let the settings of this process and of its children name a benchmark's own parts."""
    with tempfile.TemporaryDirectory(prefix="arb-bench-") as home:
        os.environ.update(
            {
                "DATABASE_URL": url,
                "ARB_DAGSTER_DB": dagster_database,
                "ARB_HOME": home,
                "ARB_SIMULATOR": "false",  # its databases are named as they are
                **{f"{company}_BASE_URL": base for company, base in served.company_urls.items()},
            }
        )
        settings.cache_clear()
        yield


@contextmanager
def pipeline_parts() -> Iterator[tuple[str, Served]]:
    """Database, Dagster's database, simulator and environment at once."""
    dagster_database = f"arb_bench_dagster_{uuid4().hex[:8]}"
    with (
        fresh_database(more=(dagster_database,)) as url,
        served_simulator() as served,
        pipeline_environment(url, served, dagster_database),
    ):
        yield url, served


def server_process(url: str) -> psutil.Process | None:
    """The postmaster behind ``url``; None where it is on another machine."""

    async def parent() -> psutil.Process | None:
        connection = await connect(url)
        try:
            number = int(await connection.fetchval("SELECT pg_backend_pid()"))
            process = psutil.Process(number)
            return process.parent() if "postgres" in process.name() else None
        except psutil.NoSuchProcess:
            return None
        finally:
            await connection.close()

    return asyncio.run(parent())


def tree_cpu(process: psutil.Process | None) -> float:
    """CPU seconds of a process, of the children it has and of those it has buried."""
    if process is None:
        return 0.0
    own = process.cpu_times()
    spent = own.user + own.system + own.children_user + own.children_system
    for child in process.children():
        try:
            times = child.cpu_times()
        except psutil.NoSuchProcess:
            continue  # buried since: it will be in its parent's books
        spent += times.user + times.system
    return float(spent)


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds: on the clock, and of CPU in each of the three processes."""

    wall: float
    client: float
    simulator: float
    postgres: float


class Clock:
    """Seconds since it was made."""

    def __init__(self, served: Served, postgres: psutil.Process | None) -> None:
        self._served = served
        self._postgres = postgres
        self._began = self._now()

    def _now(self) -> tuple[float, float, float, float]:
        return (
            time.perf_counter(),
            time.process_time(),
            tree_cpu(self._served.process),
            tree_cpu(self._postgres),
        )

    def spent(self) -> Spent:
        """What was spent up to now."""
        return Spent(*(now - then for now, then in zip(self._now(), self._began, strict=True)))


def load_note() -> str:
    """How busy the machine is, for the heading of a table."""
    one, five, _ = os.getloadavg()
    return f"{os.cpu_count()} cores, load {one:.1f} now, {five:.1f} over five minutes"
