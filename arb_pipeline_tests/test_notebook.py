"""Asking without await, and the example of the README as it stands there."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from arb_pipeline import settings as settings_module
from arb_pipeline.model import Exchange
from arb_pipeline.notebook import ask, database
from arb_pipeline.settings import PROJECT_ROOT, ConfigurationError
from arb_pipeline.storage import queries
from arb_pipeline.storage.database import connect
from arb_pipeline_tests.storage.asking import a_symbol, flat, some_candles


@pytest.fixture
def configured(
    database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[None]:
    """A configured database with two tracked symbols and two hours of candles of each."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("ARB_SIMULATOR", "false")
    monkeypatch.setenv("ARB_HOME", str(tmp_path))
    settings_module.settings.cache_clear()

    async def fill() -> None:
        connection = await connect(database_url)
        for exchange in (Exchange.BINANCE_SPOT, Exchange.BINANCE_FUTURES):
            symbol = await a_symbol(connection, exchange)
            await some_candles(connection, symbol, flat(range(120)))
        await connection.close()

    asyncio.run(fill())
    yield
    settings_module.settings.cache_clear()


def test_a_question_is_asked_from_a_plain_script(configured: None) -> None:
    found = ask(queries.latest_candles, "BTC/USDT")
    assert list(found["close"]) == [Decimal("100.10")] * 2
    assert ask(queries.candle_counts, None, None, ("2026-01-05", None))["candle_count"].sum() == 240


def test_a_question_is_asked_where_a_loop_is_running(configured: None) -> None:
    async def cell() -> tuple[pd.DataFrame, pd.DataFrame]:
        async with database() as db:
            return ask(queries.symbols), await queries.symbols(db)

    one, other = asyncio.run(cell())
    assert len(one) == 2
    pd.testing.assert_frame_equal(one, other)


def test_a_database_that_is_not_there_is_named(
    configured: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    settings_module.settings.cache_clear()
    with pytest.raises(ConfigurationError, match="DATABASE_URL"):
        ask(queries.symbols)


def test_the_example_of_the_readme_runs_as_it_is(configured: None) -> None:
    section = (PROJECT_ROOT / "README.md").read_text().partition("\n## In Python\n")[2]
    blocks = re.findall(r"```python\n(.*?)```", section.partition("\n## ")[0], re.DOTALL)
    assert len(blocks) == 2
    cells: dict[str, Any] = {}
    for block in blocks:
        # As a notebook runs a cell: an await may stand at the outermost level.
        code = compile(block, "README.md", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        made = eval(code, cells)  # our own README
        if inspect.iscoroutine(made):
            asyncio.run(made)
    assert list(cells["hours"]["close"]) == [100.1] * 4
    assert cells["books"].empty
    assert list(cells["fills"].columns[:3]) == ["exchange", "symbol", "symbol_id"]
