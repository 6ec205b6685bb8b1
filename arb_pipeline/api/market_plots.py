"""Pages of charts of the markets: prices, spreads, funding."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import plotly.graph_objects as go
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from arb_pipeline.api import charts, pages
from arb_pipeline.api.asking import Enabled, Known
from arb_pipeline.api.chart_page import COLLECT, TRACK, WIDER, chart_page, chosen
from arb_pipeline.api.dependencies import Database
from arb_pipeline.api.opportunities_table import opportunities_table
from arb_pipeline.api.views import (
    ExchangeField,
    SymbolField,
    TimeframeField,
    View,
    exchange_field,
    symbol_field,
    view,
)
from arb_pipeline.model import TIMEFRAMES, Timeframe
from arb_pipeline.settings import Settings
from arb_pipeline.storage import queries
from arb_pipeline.storage.queries import pictures

router = APIRouter()

_MOST_POINTS = 60_000  # of all lines of a page
_FEWEST_POINTS = 300  # of one line


@router.get("/prices")
async def prices(
    connection: Database,
    known: Known,
    enabled: Enabled,
    request: Request,
    asked: Annotated[View, Depends(view(30))],
    exchange: ExchangeField = None,
    symbol: SymbolField = None,
    timeframe: TimeframeField = None,
) -> HTMLResponse:
    """Close prices of all symbols on one logarithmic scale."""
    ids = await known.some(connection, chosen(enabled, exchange), symbol)
    settings: Settings = request.app.state.settings
    stored, cut = _timeframes(settings, asked, timeframe, len(ids))
    closes = await pictures.price_lines(connection, ids, stored, cut, asked.interval)
    lengths = {"": "automatic", **{name: name for name in TIMEFRAMES}}
    fields = [
        exchange_field(enabled, exchange),
        symbol_field(symbol),
        asked.field(),
        pages.select("timeframe", "candles", lengths, timeframe or ""),
    ]
    note = f"Last close of every {cut.name}, from stored {stored.name} candles."

    def draw() -> go.Figure | None:
        return None if closes.empty else charts.prices_figure(closes, cut.milliseconds)

    return await chart_page("prices", fields, draw, "No candles to draw", [TRACK, WIDER], note=note)


@router.get("/spreads")
async def spreads(
    connection: Database,
    known: Known,
    enabled: Enabled,
    asked: Annotated[View, Depends(view(1))],
    symbol: SymbolField = None,
) -> HTMLResponse:
    """The widest difference between one exchange's bid and another's ask, and opportunities."""
    ids = await known.some(connection, enabled, symbol)
    cut = pictures.stretch(asked.interval)
    pairs = symbol is not None
    lines = await pictures.spread_lines(connection, ids, cut, asked.interval, pairs=pairs)
    open_now = await queries.opportunities(connection, timedelta(hours=1), floats=True)
    name = lines["symbol"].iloc[0] if pairs and not lines.empty else None
    note = (
        "Best bid of one exchange over best ask of another in the same minute, before fees; the "
        f"widest of every {cut.name}. "
        + ("The ten widest pairs, bought → sold." if pairs else "Choose a symbol to see its pairs.")
    )

    def draw() -> go.Figure | None:
        return None if lines.empty else charts.spreads_figure(lines, cut.milliseconds, pairs=pairs)

    below = opportunities_table(open_now, name)
    fields = [symbol_field(symbol), asked.field()]
    missing = "No books of two exchanges to compare"
    return await chart_page(
        "spreads", fields, draw, missing, [TRACK, COLLECT], note=note, below=below
    )


@router.get("/funding")
async def funding(
    connection: Database,
    known: Known,
    enabled: Enabled,
    asked: Annotated[View, Depends(view(14))],
    exchange: ExchangeField = None,
    symbol: SymbolField = None,
) -> HTMLResponse:
    """Funding rates of the perpetuals, predicted and settled."""
    ids = await known.some(connection, chosen(enabled, exchange), symbol)
    cut = pictures.stretch(asked.interval)
    rates = await pictures.funding_lines(connection, ids, cut, asked.interval)
    fields = [exchange_field(enabled, exchange), symbol_field(symbol), asked.field()]
    hints = ["Only perpetuals have funding.", TRACK, WIDER]
    note = f"Dots were paid; lines are predictions, the last of every {cut.name}."

    def draw() -> go.Figure | None:
        return None if rates.empty else charts.funding_figure(rates, cut.milliseconds)

    return await chart_page("funding", fields, draw, "No funding rates to draw", hints, note=note)


def _timeframes(
    settings: Settings, asked: View, timeframe: str | None, lines: int
) -> tuple[Timeframe, Timeframe]:
    """The stored candles to draw, and the stretch of which the last one is."""
    names = [timeframe] if timeframe else settings.candle_timeframes
    stored = sorted((TIMEFRAMES[name] for name in names), key=lambda one: one.milliseconds)
    points = max(_FEWEST_POINTS, min(pictures.POINTS, _MOST_POINTS // max(1, lines)))
    cut = pictures.stretch(asked.interval, points)
    fitting = [one for one in stored if one.milliseconds <= cut.milliseconds]
    return (fitting[-1], cut) if fitting else (stored[0], stored[0])
