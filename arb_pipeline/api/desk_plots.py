"""Pages of charts of the desk itself: what it holds, and how complete its data is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import plotly.graph_objects as go
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from arb_pipeline.api import charts, pages
from arb_pipeline.api.asking import Enabled, Known
from arb_pipeline.api.chart_page import COLLECT, TRACK, chart_page, chosen
from arb_pipeline.api.charts.coverage_cells import all_cells
from arb_pipeline.api.dependencies import Database
from arb_pipeline.api.views import (
    AssetField,
    ExchangeField,
    SymbolField,
    View,
    exchange_field,
    symbol_field,
    view,
)
from arb_pipeline.model import TIMEFRAMES, DataSet
from arb_pipeline.settings import Settings
from arb_pipeline.storage import queries
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.history import LAG_MS
from arb_pipeline.storage.queries import pictures

router = APIRouter()

_AREA_POINTS = 500  # of an area, of which there are many


@router.get("/balances")
async def balances(
    connection: Database,
    enabled: Enabled,
    asked: Annotated[View, Depends(view(7))],
    exchange: ExchangeField = None,
    asset: AssetField = None,
) -> HTMLResponse:
    """What the accounts hold, stacked by exchange."""
    names = [one.value for one in chosen(enabled, exchange)]
    assets = None if asset is None else [asset]
    cut = pictures.stretch(asked.interval, _AREA_POINTS)
    held = await pictures.balance_areas(connection, names, assets, cut, asked.interval)
    worth = await pictures.value_areas(connection, names, assets, cut, asked.interval)
    fields = [
        exchange_field(enabled, exchange),
        pages.entry("asset", "asset", asset or "", "all"),
        asked.field(),
    ]
    hints = ["Accounts are read where there are credentials.", COLLECT]
    others = held["asset"].nunique() - charts.ASSETS
    note = f"Units of each asset, the last sample of every {cut.name}."
    if others > 0:
        note += f" {others} more assets are not drawn: name one above."

    def draw() -> go.Figure | None:
        return None if held.empty else charts.balances_figure(held, worth)

    return await chart_page("balances", fields, draw, "No balances to draw", hints, note=note)


@router.get("/coverage")
async def coverage(
    connection: Database,
    known: Known,
    enabled: Enabled,
    request: Request,
    asked: Annotated[View, Depends(view(30))],
    exchange: ExchangeField = None,
    symbol: SymbolField = None,
) -> HTMLResponse:
    """How complete every data set is, per symbol and day."""
    asked_of = chosen(enabled, exchange)
    settings: Settings = request.app.state.settings
    ids = await known.some(connection, asked_of, symbol)
    days = await queries.coverage(connection, ids, asked.interval)
    names = [] if symbol else [one.value for one in asked_of]  # samples are of a whole exchange
    sampled = await pictures.sampled_days(connection, names, asked.interval)

    def lag(data_set: str, timeframe: str) -> float:
        length = TIMEFRAMES[timeframe].milliseconds if timeframe else 0
        return (
            max(LAG_MS[DataSet(data_set)] + length, settings.repair_grace_minutes * 60_000) / 1000
        )

    def draw() -> go.Figure | None:
        cells = all_cells(
            days,
            sampled,
            datetime.now(tz=UTC).date(),
            lag_seconds=lag,
            minutes=lambda name: settings.minutes_of(DataSet(name)),
        )
        first = to_datetime(asked.interval.start).date()
        last = to_datetime(asked.interval.end - 1).date()
        return charts.coverage_figure(cells, first, last) if cells else None

    fields = [exchange_field(enabled, exchange), symbol_field(symbol), asked.field()]
    note = "A day is called by the worst that is to be said of it; empty days are not wanted."
    return await chart_page("coverage", fields, draw, "Nothing is known yet", [TRACK], note=note)
