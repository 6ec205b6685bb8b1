"""What the pages of charts share: the frame around a chart, and what to say where there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import plotly.graph_objects as go
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from arb_pipeline.api import pages
from arb_pipeline.model import Exchange

TRACK = "Is anything tracked? <code>arb-pipeline symbols list</code> says so."
WIDER = "Choose more days above, or see <a href='/plot/coverage'>coverage</a> for what is there."
COLLECT = "Samples are taken while <code>arb-pipeline up</code> runs: wait for the next one."


def chosen(enabled: list[Exchange], exchange: Exchange | None) -> list[Exchange]:
    """The exchange that was named, or all that are enabled."""
    return enabled if exchange is None else [exchange]


async def chart_page(
    name: str,
    fields: Sequence[str],
    draw: Callable[[], go.Figure | None],
    missing: str,
    hints: Sequence[str],
    *,
    note: str,
    below: str = "",
) -> HTMLResponse:
    """The page of one chart.

    Args:
        name: of the chart, among ``pages.CHARTS``.
        fields: of the form, HTML.
        draw: makes the figure; None where there is nothing to draw.
        missing: what is missing then, plain text.
        hints: what to do about it, HTML.
        note: below the chart, plain text.
        below: what follows, HTML.
    """
    place = f"/plot/{name}"

    def made() -> HTMLResponse:
        figure = draw()
        chart = pages.nothing(missing, hints) if figure is None else pages.drawing(figure)
        head = f'<h1>{name.capitalize()}</h1><p class="lead">{pages.CHARTS[name]}.</p>'
        foot = f'<p class="note">{note} Times are UTC; numbers are rounded to draw them.</p>'
        form = pages.choice(place, fields)
        return pages.page(name.capitalize(), head + form + chart + foot + below, current=place)

    # A tenth of a second in which others are answered.
    return await run_in_threadpool(made)
