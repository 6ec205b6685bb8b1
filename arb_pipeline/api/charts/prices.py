"""Close prices of many symbols on one logarithmic scale, each from when it begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go

from arb_pipeline.api.charts.theme import (
    broken,
    colour,
    dash,
    line_mode,
    moments,
    over_time,
    styled,
)

if TYPE_CHECKING:
    import pandas as pd

# With more lines than this, the values of all of them at one time would cover the chart.
_TOGETHER = 20


def prices_figure(closes: pd.DataFrame, step_ms: int) -> go.Figure:
    """A line per symbol of each exchange.

    Args:
        closes: columns exchange, symbol, timestamp, close; sorted by time within a symbol.
        step_ms: time from one point to the next where nothing is missing.
    """
    figure = go.Figure()
    lines = closes.groupby(["symbol", "exchange", "symbol_id"], sort=True)
    together = len(lines) <= _TOGETHER
    for (symbol, exchange, _), rows in lines:
        place = str(exchange)
        drawn = broken(rows, step_ms)
        figure.add_scatter(
            x=moments(drawn["timestamp"]),
            y=drawn["close"].to_numpy(),
            name=place,
            mode=line_mode(drawn),
            line={"color": colour(place), "dash": dash(place), "width": 1.4},
            legendgroup=symbol,
            legendgrouptitle_text=symbol,
            hovertemplate=f"{'' if together else symbol} {place}  %{{y:,~r}}<extra></extra>",
        )
    quotes = sorted({symbol.partition("/")[2] for symbol in closes["symbol"].unique()})
    unit = ", ".join(quotes) if len(quotes) <= 3 else "quote currency"
    styled(figure)
    figure.update_layout(hovermode="x unified" if together else "closest")
    figure.update_yaxes(type="log", title_text=f"Close price ({unit}, log scale)", tickformat=",~r")
    over_time(figure)
    return figure
