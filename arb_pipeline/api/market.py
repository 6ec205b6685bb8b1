"""What was collected of markets: candles, tops of books, funding rates.

What belongs here: these questions. What does not: what is computed from them (``desk``).
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from arb_pipeline.api import rows
from arb_pipeline.api.asking import (
    EVER,
    JUST_BEFORE,
    ExchangeName,
    Exchanges,
    Known,
    Name,
    SymbolName,
    Window,
)
from arb_pipeline.api.dependencies import Database
from arb_pipeline.api.documents import pages_of
from arb_pipeline.api.paging import Paging
from arb_pipeline.model import TIMEFRAMES
from arb_pipeline.storage.database import sql

router = APIRouter(tags=["market"])

TimeframeName = Annotated[str, Query(pattern=f"^({'|'.join(TIMEFRAMES)})$")]


@router.get("/candles", **pages_of(rows.Candle))
async def candles(
    asked: Paging,
    database: Database,
    known: Known,
    window: Window,
    symbol: Annotated[Name, Query(description="BTC/USDT, the exchange's own id, or symbol_id")],
    exchange: ExchangeName = None,
    timeframe: TimeframeName = "1m",
) -> Response:
    """Candles of one symbol in the order of time; without a start the newest ``limit`` of them."""
    instrument = await known.one(database, exchange, symbol)
    start, end = window.filled()
    if window.start is None and asked.cursor is None:
        newest = (instrument.symbol_id, timeframe, end, asked.limit)
        start = await database.fetchval(sql("candles_newest_start"), *newest) or start
    return await asked.answer(
        database,
        "candles",
        instrument.symbol_id,
        timeframe,
        end,
        model=rows.Candle,
        key=["timestamp"],
        first=[start - JUST_BEFORE],
    )


@router.get("/book-tickers", **pages_of(rows.BookTicker))
async def book_tickers(
    asked: Paging,
    database: Database,
    known: Known,
    exchanges: Exchanges,
    window: Window,
    symbol: SymbolName = None,
) -> Response:
    """Without start and end the newest best bid and ask of each symbol, else all of the window."""
    ids = await known.some(database, exchanges, symbol)
    if window:
        start, end = window.filled()
        return await asked.answer(
            database,
            "book_tickers",
            ids,
            end,
            model=rows.BookTicker,
            key=["timestamp", "symbol_id"],
            first=[start, 0],
        )
    return await asked.answer(
        database,
        "book_tickers_newest",
        ids,
        EVER,
        model=rows.BookTicker,
        key=["symbol_id"],
        first=[0],
    )


@router.get("/funding-rates", **pages_of(rows.FundingRate))
async def funding_rates(
    asked: Paging,
    database: Database,
    known: Known,
    exchanges: Exchanges,
    window: Window,
    symbol: SymbolName = None,
    settled: Annotated[
        bool | None, Query(description="paid (true) or predicted ones; default: both")
    ] = None,
) -> Response:
    """Without start and end the newest rate of each symbol (predicted ones), else the window's."""
    ids = await known.some(database, exchanges, symbol)
    if window:
        start, end = window.filled()
        return await asked.answer(
            database,
            "funding_rates",
            ids,
            settled,
            end,
            model=rows.FundingRate,
            key=["timestamp", "symbol_id", "is_settled"],
            first=[start, 0, False],
        )
    return await asked.answer(
        database,
        "funding_rates_newest",
        ids,
        bool(settled),
        EVER,
        model=rows.FundingRate,
        key=["symbol_id"],
        first=[0],
    )
