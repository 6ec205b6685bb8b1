"""The page one starts from: whether collecting goes on, and where everything is.

What belongs here: links, and the state of things in a few words. What does not: whether a set-up is
in order, which ``/health`` and the checks in Dagster's UI say.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from arb_pipeline.api import pages, static_files
from arb_pipeline.api.asking import Enabled
from arb_pipeline.api.dependencies import Database
from arb_pipeline.dagster_processes import address
from arb_pipeline.model import DataSet, Exchange, MarketType
from arb_pipeline.settings import Settings
from arb_pipeline.storage import queries

if TYPE_CHECKING:
    import pandas as pd

router = APIRouter(include_in_schema=False)
router.include_router(static_files.router)

_SAMPLED = {
    DataSet.BOOK_TICKERS: "books",
    DataSet.TICKERS: "tickers",
    DataSet.FUNDING_RATES: "funding",
    DataSet.BALANCES: "balances",
}


@router.get("/", response_class=HTMLResponse)
async def start(connection: Database, enabled: Enabled, request: Request) -> HTMLResponse:
    """Links to the charts, the API and Dagster, and how fresh the samples are."""
    settings: Settings = request.app.state.settings
    names = [exchange.value for exchange in enabled]
    tracked = await queries.symbols(connection, names)
    fresh = await queries.freshness(connection, names)
    where = tracked["exchange"].nunique()
    kind = "simulated exchanges" if settings.simulator else "live exchanges"
    lead = (
        f"{len(tracked)} symbols are tracked on {where} {kind}."
        if len(tracked)
        else "Nothing is tracked yet: <code>arb-pipeline symbols track EXCHANGE SYMBOL</code>."
    )
    dagster = settings.public_url or address(settings.webserver_host, settings.webserver_port)
    charts = {f"/plot/{name}": (name.capitalize(), words) for name, words in pages.CHARTS.items()}
    others = {
        "/docs": ("API", "Every question over HTTP, to try out"),
        dagster: ("Dagster", "Assets, runs, schedules, backfills"),
        "/health": ("Health", "Database, daemon, schedules and freshness, for programs"),
    }
    body = (
        f'<h1>What the desk knows</h1><p class="lead">{lead}</p>'
        f"{_freshness(fresh, enabled, settings)}"
        f"<h2>Charts</h2>{_cards(charts)}<h2>Elsewhere</h2>{_cards(others)}"
    )
    return pages.page("Start", body, current="/", narrow=True)


def _cards(places: dict[str, tuple[str, str]]) -> str:
    made = "".join(
        f'<a class="card" href="{escape(place)}"><strong>{escape(name)}</strong>'
        f"<span>{escape(words)}</span></a>"
        for place, (name, words) in places.items()
    )
    return f'<div class="cards">{made}</div>'


def _freshness(found: pd.DataFrame, enabled: list[Exchange], settings: Settings) -> str:
    """How old the newest sample of each exchange is, and whether that is too old."""
    rows: Any = found.itertuples()
    known = {(row.exchange, row.asset): row for row in rows}
    lines, late = [], 0
    for exchange in enabled:
        cells = []
        for data_set in _SAMPLED:
            if data_set is DataSet.FUNDING_RATES and exchange.market_type is MarketType.SPOT:
                cells.append('<td class="number"></td>')
                continue
            kind, words = _verdict(known.get((exchange.value, data_set.value)), data_set, settings)
            late += kind != "good"
            cells.append(f'<td class="number {kind}">{escape(words)}</td>')
        lines.append(f"<tr><td>{exchange.value}</td>{''.join(cells)}</tr>")
    heads = "".join(f'<th class="number">{name}</th>' for name in _SAMPLED.values())
    verdict = (
        '<span class="good">Everything is fresh.</span>'
        if not late
        else f'<span class="bad">{late} of the newest samples are late or missing.</span>'
    )
    return (
        f'<div class="card scroll"><p class="lead">Age of the newest sample. {verdict}</p>'
        f"<table><tr><th>exchange</th>{heads}</tr>{''.join(lines)}</table></div>"
    )


def _verdict(row: Any, data_set: DataSet, settings: Settings) -> tuple[str, str]:
    """How bad it is, and in words."""
    if row is None or row.age != row.age:  # never, or not today
        return "bad", "none today"
    minutes = row.age.total_seconds() / 60
    limit = settings.fresh_intervals * settings.minutes_of(data_set)
    words = f"{minutes:.0f} min" if minutes >= 1 else "now"
    return ("good" if minutes <= limit else "bad"), words
