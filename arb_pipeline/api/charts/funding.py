"""Funding rates of perpetuals: what was predicted, and what was paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from arb_pipeline.api.charts.theme import (
    broken,
    colour,
    headed,
    line_mode,
    moments,
    over_time,
    styled,
)

if TYPE_CHECKING:
    import pandas as pd

SYMBOLS = 8  # charts on one page
_ROW = 260  # pixels
_HOURS_A_YEAR = 365 * 24
_HOVER = (
    "%{fullData.name}  %{y:.4f} % per %{customdata[0]:~r} h, "
    "%{customdata[1]:+.1f} % a year<extra></extra>"
)


def funding_figure(rates: pd.DataFrame, step_ms: int) -> go.Figure:
    """A chart per base and quote: predicted rates as lines, settled ones as dots.

    Args:
        rates: columns exchange, symbol, is_settled, moment, percent, hours (of the interval);
            the first ``SYMBOLS`` symbols are drawn.
        step_ms: time from one prediction to the next where nothing is missing.
    """
    symbols = sorted(rates["symbol"].unique())[:SYMBOLS]
    rows = max(1, len(symbols))
    figure = make_subplots(
        rows=rows, cols=1, shared_xaxes=True, vertical_spacing=0.3 / rows, subplot_titles=symbols
    )
    shown: set[str] = set()
    for row, symbol in enumerate(symbols, 1):
        of_symbol = rates[rates["symbol"] == symbol]
        for (exchange, is_settled), found in of_symbol.groupby(["exchange", "is_settled"]):
            name = f"{exchange} {'settled' if is_settled else 'predicted'}"
            drawn = found if is_settled else broken(found, step_ms, "moment")
            yearly = drawn["percent"] * _HOURS_A_YEAR / drawn["hours"]
            figure.add_scatter(
                x=moments(drawn["moment"]),
                y=drawn["percent"].to_numpy(),
                customdata=yearly.to_frame("yearly").assign(hours=drawn["hours"])[
                    ["hours", "yearly"]
                ],
                name=name,
                mode="markers" if is_settled else line_mode(drawn),
                line={"color": colour(exchange), "width": 1.6},
                marker={"color": colour(exchange), "size": 7, "line": {"width": 0}},
                legendgroup=name,
                showlegend=name not in shown,
                hovertemplate=_HOVER,
                row=row,
                col=1,
            )
            shown.add(name)
    styled(figure, height=90 + _ROW * rows)
    headed(figure)
    figure.update_layout(hovermode="x unified")
    figure.update_yaxes(title_text="% per interval", tickformat=".3f")
    over_time(figure, row=rows)
    return figure
