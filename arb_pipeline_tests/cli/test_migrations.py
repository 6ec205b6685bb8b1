"""``arb-pipeline db migrate | rollback | history | validate | schema`` as a user types them."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import asyncpg

from arb_pipeline.storage.database import sql_directory
from arb_pipeline_tests.storage.rows import ROWS


def start(url: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "arb_pipeline", "db", *arguments],
        env=os.environ | {"DATABASE_URL": url, "ARB_SIMULATOR": "false", "COLUMNS": "160"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(url: str, *arguments: str) -> tuple[int, str, str]:
    process = start(url, *arguments)
    out, problems = process.communicate(timeout=120)
    return process.returncode, out, problems


def execute(url: str, statement: str) -> None:
    async def connected() -> None:
        connection = await asyncpg.connect(url)
        await connection.execute(statement)
        await connection.close()

    asyncio.run(connected())


def test_two_processes_migrate_an_empty_database_once(empty_database_url: str) -> None:
    processes = [start(empty_database_url, "migrate") for _ in range(2)]
    outputs = sorted(process.communicate(timeout=120)[0] for process in processes)
    assert [process.returncode for process in processes] == [0, 0]
    assert outputs[0].startswith("applied 0001_exchanges")
    assert outputs[1] == "nothing to do\n"

    code, out, _ = run(empty_database_url, "schema")
    assert code == 0
    assert out.startswith((sql_directory() / "schema.sql").read_text()[:2000])


def test_rows_are_dropped_only_on_demand(database_url: str) -> None:
    execute(database_url, ROWS["symbols"])
    code, _, problems = run(database_url, "rollback", "--to", "0")
    assert (code, "symbols holds rows" in problems) == (1, True)
    code, out, _ = run(database_url, "rollback", "--to", "1", "--allow-data-loss")
    assert (code, out.splitlines()[-1]) == (0, "undone 0002_symbols")
    code, out, _ = run(database_url, "history")
    assert code == 0
    assert "pending" in out


def test_validate_names_what_differs(database_url: str) -> None:
    assert run(database_url, "validate")[:2] == (0, "the schema is as this code expects\n")
    execute(database_url, "ALTER TABLE candles DROP CONSTRAINT chk_volume")
    code, out, problems = run(database_url, "validate")
    assert (code, out) == (1, "")
    assert problems == "constraint chk_volume of candles is missing\n"


def test_an_unreachable_database_is_one_line() -> None:
    code, out, problems = run("postgresql://nobody@127.0.0.1:1/none", "migrate")
    assert (code, out) == (2, "")
    assert problems.startswith("error: ")
    assert "Traceback" not in problems
