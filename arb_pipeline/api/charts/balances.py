"""What the accounts hold over time, stacked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from arb_pipeline.api.charts.theme import (
    PALETTE,
    colour,
    headed,
    line_mode,
    moments,
    over_time,
    styled,
)

if TYPE_CHECKING:
    import pandas as pd

ASSETS = 8  # charts of assets on one page
_ROW = 210  # pixels
_HOVER = "%{fullData.name}  %{y:,~r}<extra></extra>"


def balances_figure(amounts: pd.DataFrame, values: pd.DataFrame) -> go.Figure:
    """A chart per asset stacked by exchange in units of the asset, below one of what all is worth.

    Between samples an amount is drawn as it was last: an account that does not answer holds what
    it held.

    Args:
        amounts: columns exchange, asset, timestamp, amount; at most ``ASSETS`` assets are drawn,
            those that most accounts hold first.
        values: columns exchange, asset, reference_currency, timestamp, amount; may be empty.
    """
    assets = list(
        amounts.groupby("asset")["exchange"].nunique().nlargest(ASSETS, keep="first").index
    )
    currencies = sorted(values["reference_currency"].unique())
    titles = ["Worth of everything by asset"] * len(currencies)
    titles += [str(asset) for asset in assets]
    figure = make_subplots(
        rows=max(1, len(titles)),
        cols=1,
        shared_xaxes=True,
        vertical_spacing=0.35 / max(1, len(titles)),
        subplot_titles=titles,
    )
    for row, currency in enumerate(currencies, 1):
        worth = values[values["reference_currency"] == currency]
        _stack(figure, row, worth, "asset", _palette(worth["asset"]))
        figure.update_yaxes(title_text=currency, row=row, col=1)
    shown: set[str] = set()
    for row, asset in enumerate(assets, 1 + len(currencies)):
        held = amounts[amounts["asset"] == asset]
        colours = {str(exchange): colour(exchange) for exchange in held["exchange"].unique()}
        _stack(figure, row, held, "exchange", colours, shown)
        figure.update_yaxes(title_text="units", row=row, col=1)
    styled(figure, height=90 + _ROW * max(1, len(titles)))
    headed(figure)
    figure.update_layout(hovermode="x unified")
    figure.update_yaxes(rangemode="tozero", exponentformat="SI")
    over_time(figure, row=max(1, len(titles)))
    return figure


def _stack(
    figure: go.Figure,
    row: int,
    amounts: pd.DataFrame,
    by: str,
    colours: dict[str, str],
    shown: set[str] | None = None,
) -> None:
    """Add an area per exchange or asset; what was added up at a time is read from the top."""
    table = amounts.pivot_table(index="timestamp", columns=by, values="amount", aggfunc="sum")
    table = table.sort_index().ffill().fillna(0.0)
    x: Any = moments(table.index.to_series())
    for name in table.columns:
        figure.add_scatter(
            x=x,
            y=table[name].to_numpy(),
            name=name,
            mode=line_mode(table),
            line={"width": 0.8, "color": colours[name], "shape": "hv"},
            stackgroup=f"row {row}",
            legendgroup="assets" if by == "asset" else "exchanges",
            legendgrouptitle_text="Assets" if by == "asset" else "Exchanges",
            showlegend=shown is None or name not in shown,
            hovertemplate=_HOVER,
            row=row,
            col=1,
        )
        if shown is not None:
            shown.add(name)


def _palette(assets: pd.Series[Any]) -> dict[str, str]:
    known = sorted(assets.unique())
    return {asset: PALETTE[index % len(PALETTE)] for index, asset in enumerate(known)}
