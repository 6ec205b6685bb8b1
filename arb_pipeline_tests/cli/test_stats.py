"""``arb-pipeline db stats`` and ``db compress`` on a database with rows."""

from __future__ import annotations

import asyncio
import re

import pytest
from typer.testing import CliRunner

from arb_pipeline.cli import app as cli
from arb_pipeline.settings import settings
from arb_pipeline.storage.database import connect
from arb_pipeline_tests.storage.rows import ROWS


async def _fill(url: str) -> None:
    connection = await connect(url)
    try:
        await connection.execute(ROWS["symbols"])
        await connection.execute(ROWS["candles"])
    finally:
        await connection.close()


def test_the_numbers_of_every_table(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("ARB_SIMULATOR", "false")
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setattr("arb_pipeline.cli.stats.console.width", 160)
    settings.cache_clear()
    asyncio.run(_fill(database_url))
    told = CliRunner().invoke(cli.app, ["db", "stats"])
    compressed = CliRunner().invoke(cli.app, ["db", "compress"])
    settings.cache_clear()
    assert told.exit_code == 0, told.output
    assert re.search(
        r"candles +1 +\d\.\d +1 +2026-01-01 00:00 +2026-01-01 00:00 +0\.0", told.output
    )
    assert re.search(r"exchanges +7 ", told.output)
    assert "id cache, last 24 hours: nothing was looked up" in told.output
    assert compressed.exit_code == 0, compressed.output
