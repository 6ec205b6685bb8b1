"""Every question gives a frame whose columns and types do not depend on the rows there are."""

from __future__ import annotations

import inspect
from typing import Any

import pandas as pd

from arb_pipeline.storage import queries
from arb_pipeline.storage.database import Pool
from arb_pipeline_tests.storage.rows import ROWS

WINDOW = ("2025-12-31", "2026-01-03")
# What is asked; the rest of the parameters are optional.
QUESTIONS: dict[str, tuple[Any, ...]] = {
    "account_trades": ([1], WINDOW),
    "balance_history": ("BTC", 24 * 365 * 30),
    "balances": ([1], WINDOW),
    "book_tickers": ([1], WINDOW),
    "candle_counts": ([1], None, WINDOW),
    "candles": ([1], None, WINDOW),
    "candles_after": ([1], "1m", "2025-12-31"),
    "candles_before": ([1], "1m", "2026-01-03"),
    "conversion_rates": (WINDOW,),
    "coverage": ([1], WINDOW),
    "freshness": (),
    "funding_rates": ([2], WINDOW),
    "latest_balances": (),
    "latest_book_tickers": ([1],),
    "latest_candles": ([1],),
    "latest_funding_rates": ([2],),
    "latest_opportunities": (),
    "latest_tickers": ([1],),
    "opportunities": (WINDOW,),
    "order_books": ([1], WINDOW),
    "order_flow": ([1], WINDOW),
    "portfolio": (),
    "portfolio_history": (WINDOW,),
    "registrations": ([1],),
    "rejected_rows": (("2025-12-31", None),),
    "resampled_candles": ([1], "5m", WINDOW),
    "settled_funding": ([2], WINDOW),
    "symbols": (),
    "tickers": ([1], WINDOW),
    "total_balances": (),
    "trades": ([1], WINDOW),
}
# For checks and pictures of assets: records, of ids.
_RECORDS = {"closes", "exchange_rejections", "insane_candles", "rejections"}
# Nothing of these in the rows: theirs would have to be newer, settled, tracked, or five minutes.
_EMPTY = {"freshness", "settled_funding", "symbols", "resampled_candles"}
_ALLOWED = {
    "Int64",
    "float64",
    "boolean",
    "str",
    "datetime64[us, UTC]",
    "timedelta64[us]",
    "object",
}


async def asked(pool: Pool, name: str, **more: Any) -> pd.DataFrame:
    async with pool.acquire() as connection:
        found = await getattr(queries, name)(connection, *QUESTIONS[name], **more)
    assert isinstance(found, pd.DataFrame)
    return found


def test_every_question_is_asked_here() -> None:
    assert set(QUESTIONS) | _RECORDS == set(queries.__all__)


async def test_with_rows_and_without_frames_are_alike(pool: Pool) -> None:
    empty = {name: await asked(pool, name) for name in QUESTIONS}
    await pool.execute(ROWS["symbols"])
    for table in ROWS.keys() - {"symbols"}:
        await pool.execute(ROWS[table])
    for name, none in empty.items():
        found = await asked(pool, name)
        assert none.empty, name
        assert found.empty == (name in _EMPTY), name
        assert list(found.dtypes.items()) == list(none.dtypes.items()), name
        assert {str(dtype) for dtype in found.dtypes} <= _ALLOWED, name
        assert not [column for column in found if str(found[column].dtype) == "float64"], name


async def test_floats_on_request(pool: Pool) -> None:
    asked_for = [name for name in QUESTIONS if "floats" in _parameters(name)]
    assert len(asked_for) > 20
    for name in asked_for:
        exact, floats = await asked(pool, name), await asked(pool, name, floats=True)
        changed = {column for column in exact if exact[column].dtype != floats[column].dtype}
        assert changed, name
        assert {str(floats[column].dtype) for column in changed} == {"float64"}, name
        assert {str(exact[column].dtype) for column in changed} == {"object"}, name


def _parameters(name: str) -> set[str]:
    return set(inspect.signature(getattr(queries, name)).parameters)
