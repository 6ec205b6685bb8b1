"""What all charts have in common: colours, fonts, axes of time.

Backgrounds are transparent and grids grey, so that a chart stands on a light page as on a dark one;
the colours of letters and paper are the page's, set by ``static/charts.js``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from arb_pipeline.model import Company, Exchange, MarketType

_NOTHING = "rgba(0,0,0,0)"
_GRID = "rgba(128,128,128,0.22)"
# One hue per company, told apart by people who see red and green alike; perpetuals are lighter.
_HUES = {
    (Company.BINANCE, MarketType.SPOT): "#e0a100",
    (Company.BINANCE, MarketType.FUTURES): "#f5cc62",
    (Company.BYBIT, MarketType.SPOT): "#c2255c",
    (Company.BYBIT, MarketType.FUTURES): "#f083ac",
    (Company.GATEIO, MarketType.SPOT): "#1c7ed6",
    (Company.GATEIO, MarketType.FUTURES): "#74c0fc",
    (Company.MEXC, MarketType.SPOT): "#12857a",
}
_FEW = 30
# No axis of time is shorter, minutes: of one point Plotly would draw a thousandth of a second.
_SHORTEST = 10
# For everything that is no exchange.
PALETTE = (
    "#1c7ed6", "#e8590c", "#12857a", "#9c36b5", "#e0a100",
    "#c2255c", "#5f3dc4", "#66a80f", "#868e96", "#0b7285",
)  # fmt: skip


def colour(exchange: str) -> str:
    """The colour of an exchange."""
    known = Exchange(exchange)
    return _HUES[known.company, known.market_type]


def dash(exchange: str) -> str:
    """How lines of an exchange are drawn: perpetuals are dashed."""
    return "solid" if Exchange(exchange).market_type is MarketType.SPOT else "dash"


def moments(times: Any) -> Any:
    """Times as Plotly shows them as they are; of numbers it would make the reader's local time."""
    return times.dt.tz_localize(None).to_numpy(dtype="datetime64[s]")


def broken(rows: pd.DataFrame, step_ms: float, time: str = "timestamp") -> pd.DataFrame:
    """The rows with an empty one wherever more than three steps have none: lines break there."""
    step = pd.Timedelta(milliseconds=step_ms)
    late = rows.loc[rows[time].diff() > 3 * step, time]
    if late.empty:
        return rows
    return pd.concat([rows, pd.DataFrame({time: late - step})]).sort_values(time)


def line_mode(rows: pd.DataFrame) -> str:
    """How a line is drawn: one of a few points has them marked, or a single one were invisible."""
    return "lines+markers" if len(rows) <= _FEW else "lines"


def styled(figure: go.Figure, *, height: int | None = None) -> go.Figure:
    """The figure in the house's clothes; without a height it fills its place."""
    figure.update_layout(
        template="none",
        height=height,
        autosize=True,
        paper_bgcolor=_NOTHING,
        plot_bgcolor=_NOTHING,
        font={"family": "system-ui, sans-serif", "size": 13},
        margin={"l": 76, "r": 16, "t": 36, "b": 48},
        legend={"orientation": "v", "font": {"size": 12}, "groupclick": "toggleitem"},
        hoverlabel={"align": "left", "namelength": -1},
        modebar={"bgcolor": _NOTHING},
    )
    axes = {"gridcolor": _GRID, "zerolinecolor": "rgba(128,128,128,0.6)", "automargin": True}
    figure.update_xaxes(**axes)
    figure.update_yaxes(**axes, title_standoff=14)
    return figure


def over_time(figure: go.Figure, row: int | None = None) -> None:
    """Let the x axes be UTC times, the lowest with a title."""
    figure.update_xaxes(
        type="date",
        hoverformat="%Y-%m-%d %H:%M UTC",
        spikethickness=1,
        spikedash="dot",
        spikecolor="#868e96",
    )
    drawn = [np.asarray(trace.x, dtype="datetime64[s]") for trace in figure.data if len(trace.x)]
    if drawn:
        first, end = min(x.min() for x in drawn), max(x.max() for x in drawn)
        if end - first < np.timedelta64(_SHORTEST, "m"):
            half = np.timedelta64(_SHORTEST * 30, "s")
            around = [str(first - half), str(end + half)]
            figure.update_xaxes(autorangeoptions={"include": around})
    last = {} if row is None else {"row": row, "col": 1}
    figure.update_xaxes(title_text="Time (UTC)", **last)


def headed(figure: go.Figure) -> None:
    """Titles of charts that lie above each other: to the left, where reading begins."""
    figure.update_annotations(x=0, xanchor="left", font={"size": 14, "weight": 600})
