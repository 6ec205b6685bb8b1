"""What the desk holds and could do: balances, portfolio, opportunities, and whether data is whole.

What belongs here: these questions. What does not: what they are computed from (``market``).
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query, Response

from arb_pipeline.api import rows
from arb_pipeline.api.asking import (
    JUST_BEFORE,
    AssetName,
    ExchangeName,
    Exchanges,
    Known,
    SymbolName,
    Window,
)
from arb_pipeline.api.dependencies import Database
from arb_pipeline.api.documents import pages_of
from arb_pipeline.api.paging import Paging
from arb_pipeline.model import DataSet
from arb_pipeline.storage.database import sql

router = APIRouter(tags=["desk"])

_LONGEST_COVERAGE = timedelta(days=30)


@router.get("/balances", **pages_of(rows.Balance))
async def balances(
    asked: Paging, database: Database, exchanges: Exchanges, asset: AssetName = None
) -> Response:
    """What accounts hold now. How old that is, the timestamp says."""
    return await asked.answer(
        database,
        "balances",
        [exchange.value for exchange in exchanges],
        asset,
        model=rows.Balance,
        key=["exchange", "asset_name"],
        first=["", ""],
    )


@router.get("/balances/history", **pages_of(rows.Balance))
async def balances_history(
    asked: Paging,
    database: Database,
    exchanges: Exchanges,
    window: Window,
    asset: AssetName = None,
) -> Response:
    """What accounts held, sample by sample (default: of the last day); zeros where it was gone."""
    start, end = window.filled()
    return await asked.answer(
        database,
        "balances_history",
        [exchange.value for exchange in exchanges],
        asset,
        end,
        model=rows.Balance,
        key=["timestamp", "exchange", "asset_name"],
        first=[start, "", ""],
    )


@router.get("/portfolio", **pages_of(rows.PortfolioItem))
async def portfolio(
    asked: Paging,
    database: Database,
    exchanges: Exchanges,
    window: Window,
    asset: AssetName = None,
) -> Response:
    """Without start and end what is held as it was last valued, else all valuations of then."""
    names = [exchange.value for exchange in exchanges]
    if window:
        start, end = window.filled()
        return await asked.answer(
            database,
            "portfolio",
            names,
            asset,
            end,
            model=rows.PortfolioItem,
            key=["timestamp", "exchange", "asset_name", "reference_currency"],
            first=[start, "", "", ""],
        )
    return await asked.answer(
        database,
        "portfolio_newest",
        names,
        asset,
        model=rows.PortfolioItem,
        key=["exchange", "asset_name", "reference_currency"],
        first=["", "", ""],
    )


@router.get("/arbitrage/opportunities", **pages_of(rows.Opportunity))
async def opportunities(
    asked: Paging,
    database: Database,
    window: Window,
    exchange: ExchangeName = None,
    min_net_bps: Annotated[
        Decimal | None,
        Query(ge=-1_000_000, le=1_000_000, description="least gain after fees, 0.01 %"),
    ] = None,
) -> Response:
    """Without start and end those of the newest beat, else all of the window.

    One that lasts is one row per beat; ``opportunity_id`` stays, ``age_seconds`` grows.
    """
    key = ["timestamp", "symbol_id", "sell_symbol_id"]
    start, end = window.filled()
    if not window:
        # Further pages are of the beat the first one was of, whatever was computed since.
        place = asked.place("opportunities", rows.Opportunity, key)
        newest = place[0] if place else await database.fetchval(sql("opportunities_newest_beat"))
        if newest is not None:
            start, end = newest, newest + JUST_BEFORE
    return await asked.answer(
        database,
        "opportunities",
        None if exchange is None else [exchange.value],
        min_net_bps,
        end,
        model=rows.Opportunity,
        key=key,
        first=[start, 0, 0],
    )


@router.get("/coverage", **pages_of(rows.DayCoverage))
async def coverage(
    asked: Paging,
    database: Database,
    known: Known,
    exchanges: Exchanges,
    window: Window,
    symbol: SymbolName = None,
    data_set: Annotated[DataSet | None, Query(description="default: all")] = None,
) -> Response:
    """How whole history is, per UTC day the window touches (default: of the last 30 days)."""
    start, end = window.filled(_LONGEST_COVERAGE)
    after_last: date = (end - JUST_BEFORE).date() + timedelta(days=1)
    ids = await known.some(database, exchanges, symbol)
    return await asked.answer(
        database,
        "coverage",
        ids,
        [data_set.value] if data_set else [one.value for one in DataSet],
        after_last,
        model=rows.DayCoverage,
        key=["day", "symbol_id", "data_set", "timeframe"],
        first=[start.date(), 0, "", ""],
    )
