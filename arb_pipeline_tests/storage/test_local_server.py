"""The embedded server, for real: every test runs one (a second or less each once it is built)."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from arb_pipeline.storage import postmaster
from arb_pipeline.storage.create_database import ensure_database
from arb_pipeline.storage.local_server import LocalServer

START = """
import sys
from pathlib import Path
from arb_pipeline.storage.local_server import LocalServer
print(LocalServer(Path(sys.argv[1])).start(), flush=True)
"""


@pytest.fixture
def server(server_directory: Path) -> Iterator[LocalServer]:
    """A server that is not started yet."""
    server = LocalServer(server_directory / "postgres")
    yield server
    server.stop()


def value(server: LocalServer, query: str, database: str = "postgres") -> object:
    async def ask() -> object:
        connection = await asyncpg.connect(server.url(database))
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    return asyncio.run(ask())


def process_of(server: LocalServer) -> psutil.Process:
    process = postmaster.find(server.data)
    assert process is not None
    return process


def test_start_is_idempotent_and_stop_stops(server: LocalServer) -> None:
    assert not server.status().running
    assert server.start()
    first = process_of(server).pid
    assert not server.start()
    assert server.status().process_id == first
    assert value(server, "SELECT 1") == 1
    assert server.stop()
    assert not server.status().running
    assert not (server.sockets / ".s.PGSQL.5432").exists()
    assert not server.stop()


def test_timescaledb_works_and_databases_can_be_templates(server: LocalServer) -> None:
    server.start()
    ensure_database(server.url("market data"))
    for statement in (
        "CREATE EXTENSION timescaledb",
        "CREATE TABLE ticks (at timestamptz NOT NULL)",
        "SELECT create_hypertable('ticks', 'at')",
        "INSERT INTO ticks VALUES ('2026-01-01'), ('2026-03-01')",
    ):
        value(server, statement, "market data")
    value(server, 'CREATE DATABASE copy TEMPLATE "market data"')
    assert value(server, "SELECT count(*) FROM ticks", "copy") == 2


def test_nothing_listens_on_the_network_and_the_socket_is_private(
    server: LocalServer,
) -> None:
    server.start()
    assert value(server, "SHOW listen_addresses") == ""
    assert process_of(server).net_connections(kind="inet") == []
    assert server.sockets.stat().st_mode & 0o077 == 0


def test_a_killed_server_recovers_what_was_committed(server: LocalServer) -> None:
    server.start()
    value(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    process_of(server).kill()
    assert server.start()
    assert value(server, "SELECT answer FROM kept") == 42


def test_the_number_of_a_killed_server_may_belong_to_another_process(
    server: LocalServer,
) -> None:
    server.start()
    process = process_of(server)
    process.kill()
    lock_files = (server.data / "postmaster.pid", server.sockets / ".s.PGSQL.5432.lock")
    for path in lock_files:
        lines = path.read_text().splitlines()
        path.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")
    assert server.start()
    assert value(server, "SELECT 1") == 1


def test_an_empty_process_file_is_no_server(server: LocalServer) -> None:
    server.start()
    server.stop()
    (server.data / "postmaster.pid").write_text("")
    assert server.start()
    assert value(server, "SELECT 1") == 1


def test_processes_starting_at_once_start_one_server(server: LocalServer) -> None:
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", START, server.directory], stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    said = sorted(starter.communicate(timeout=60)[0].strip() for starter in starters)
    assert [starter.returncode for starter in starters] == [0, 0, 0]
    assert said == ["False", "False", "True"]
    assert value(server, "SELECT 1") == 1


def test_it_outlives_the_process_that_started_it_and_its_whole_session(
    server: LocalServer,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", f"{START}\nimport time; time.sleep(60)", server.directory],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline().strip() == "True"
        os.killpg(starter.pid, signal.SIGKILL)
    assert server.status().running
    assert value(server, "SELECT 1") == 1


def test_a_deep_directory_has_its_socket_elsewhere(server_directory: Path) -> None:
    server = LocalServer(server_directory / ("a" * 60) / ("b" * 60))
    server.start()
    try:
        assert not server.sockets.is_relative_to(server.directory)
        assert value(server, "SELECT 1") == 1
    finally:
        server.stop()
