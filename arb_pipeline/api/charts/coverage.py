"""How complete everything is: a cell per symbol and day, for every data set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from arb_pipeline.api.charts.theme import headed, styled

# By the worst that is to be said of a day, from good to bad, with its colour.
STATES = {
    "complete": "#2b9348",
    "absent parts": "#ffd43b",
    "unreachable parts": "#868e96",
    "partly missing": "#fd7e14",
    "missing": "#e03131",
}
_PLACES = {state: place for place, state in enumerate(STATES)}
_CELL, _GAP, _FRAME = 19, 48, 160  # pixels: a line of cells, between data sets, around them


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of one line: what it is called, and what is said of it on a closer look."""

    state: str
    words: str


# Lines of a data set by name, each with its days.
Lines = Mapping[str, Mapping[date, Cell]]


def coverage_figure(data_sets: Mapping[str, Lines], first: date, last: date) -> go.Figure:
    """A heatmap per data set, days from left to right; days neither wanted nor known are empty.

    Args:
        data_sets: what is drawn, in this order from top to bottom.
        first: nothing earlier was asked for.
        last: the rightmost day.
    """
    known = [day for lines in data_sets.values() for days in lines.values() for day in days]
    first = min(known, default=first)
    days = [first + timedelta(days=ago) for ago in range((last - first).days + 1)]
    counts = [len(lines) for lines in data_sets.values()] or [1]
    height = _CELL * sum(counts) + _GAP * (len(counts) - 1)
    figure = make_subplots(
        rows=len(counts),
        cols=1,
        shared_xaxes=True,
        row_heights=counts,
        vertical_spacing=_GAP / height if len(counts) > 1 else 0,
        subplot_titles=list(data_sets),
    )
    for row, lines in enumerate(data_sets.values(), 1):
        names = sorted(lines, reverse=True)  # the first on top
        cells = [[lines[name].get(day) for day in days] for name in names]
        figure.add_heatmap(
            x=[day.isoformat() for day in days],
            y=names,
            z=[[None if cell is None else _PLACES[cell.state] for cell in line] for line in cells],
            customdata=[
                ["" if cell is None else f"{cell.state}<br>{cell.words}" for cell in line]
                for line in cells
            ],
            hovertemplate="<b>%{y}</b> %{x|%Y-%m-%d}<br>%{customdata}<extra></extra>",
            hoverongaps=False,
            coloraxis="coloraxis",
            xgap=1,
            ygap=1,
            row=row,
            col=1,
        )
    styled(figure, height=_FRAME + height)
    headed(figure)
    figure.update_layout(coloraxis=_colours(), margin={"t": 90, "b": 70})
    figure.update_yaxes(type="category", showgrid=False, tickfont={"size": 11}, dtick=1)
    # A cell lies around midnight, half of it to the left.
    edges = [f"{first - timedelta(days=1)} 12:00", f"{last} 12:00"]
    figure.update_xaxes(type="date", showgrid=False, tickformat="%b %d<br>%Y", range=edges)
    figure.update_xaxes(title_text="UTC day", row=len(counts), col=1)
    return figure


def _colours() -> dict[str, object]:
    """Five steps of colour with their names beside them, in place of a scale."""
    count = len(STATES)
    scale = [
        [edge / count, shade]
        for place, shade in enumerate(STATES.values())
        for edge in (place, place + 1)
    ]
    return {
        "cmin": -0.5,
        "cmax": count - 0.5,
        "colorscale": scale,
        "colorbar": {
            "orientation": "h",
            "tickvals": list(range(count)),
            "ticktext": list(STATES),
            "thickness": 12,
            "len": 0.7,
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "outlinewidth": 0,
        },
    }
