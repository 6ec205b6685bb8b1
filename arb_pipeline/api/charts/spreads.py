"""What buying on one exchange and selling on another would bring before costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go

from arb_pipeline.api.charts.theme import PALETTE, broken, line_mode, moments, over_time, styled

if TYPE_CHECKING:
    import pandas as pd

# Lines anybody can tell apart.
_MOST = len(PALETTE)
_PRICES = "%{customdata[2]:,~r} → %{customdata[3]:,~r}<extra></extra>"
_OF_SYMBOL = (
    "<b>%{fullData.name}</b>  %{y:.2f} bps  %{customdata[0]} → %{customdata[1]}  " + _PRICES
)
_OF_PAIR = "%{fullData.name}  %{y:.2f} bps  " + _PRICES


def spreads_figure(spreads: pd.DataFrame, step_ms: int, *, pairs: bool) -> go.Figure:
    """Basis points over time: the best of any two exchanges per symbol, or every pair of them.

    Args:
        spreads: columns symbol, buy_exchange, sell_exchange, timestamp, bps, ask, bid.
        step_ms: time from one point to the next where nothing is missing.
        pairs: a line per pair, of the pairs that are widest on average, rather than per symbol.
    """
    figure = go.Figure()
    for index, (name, rows) in enumerate(_lines(spreads, pairs=pairs)):
        drawn = broken(rows, step_ms)
        figure.add_scatter(
            x=moments(drawn["timestamp"]),
            y=drawn["bps"].to_numpy(),
            name=name,
            mode=line_mode(drawn),
            line={"color": PALETTE[index % len(PALETTE)], "width": 1.4},
            customdata=drawn[["buy_exchange", "sell_exchange", "ask", "bid"]].to_numpy("object"),
            hovertemplate=_OF_PAIR if pairs else _OF_SYMBOL,
        )
    styled(figure)
    figure.update_layout(hovermode="x unified" if len(figure.data) <= _MOST else "closest")
    figure.update_yaxes(title_text="Best bid over best ask elsewhere (basis points)")
    # Above this line there is money in it, before fees.
    figure.add_hline(y=0, line={"color": "#868e96", "width": 1.5})
    over_time(figure)
    return figure


def _lines(spreads: pd.DataFrame, *, pairs: bool) -> list[tuple[str, pd.DataFrame]]:
    if not pairs:
        return [(str(symbol), rows) for symbol, rows in spreads.groupby("symbol", sort=True)]
    by_pair = spreads.groupby(["symbol", "buy_exchange", "sell_exchange"])
    widest = by_pair["bps"].mean().nlargest(_MOST).index
    one = spreads["symbol"].nunique() == 1
    return [
        (
            f"{buy} → {sell}" if one else f"{symbol} {buy} → {sell}",
            by_pair.get_group((symbol, buy, sell)),
        )
        for symbol, buy, sell in widest
    ]
