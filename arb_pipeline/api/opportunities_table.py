"""The newest opportunities, as a table below the chart of spreads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from arb_pipeline.api.pages import table

if TYPE_CHECKING:
    import pandas as pd

_MOST = 20
_COLUMNS = {
    "seen (UTC)": False,
    "buy": False,
    "at": True,
    "sell": False,
    "for": True,
    "quantity": True,
    "spread bps": True,
    "net bps": True,
    "peak": True,
    "profit": True,
    "lasts": True,
}


def opportunities_table(found: pd.DataFrame, symbol: str | None) -> str:
    """The last word on each opportunity, newest and best first, as HTML.

    Args:
        found: as of ``queries.opportunities``, exact or not.
        symbol: only those that buy or sell it.
    """
    if symbol is not None:
        found = found[(found["buy_symbol"] == symbol) | (found["sell_symbol"] == symbol)]
    newest = found.drop_duplicates("opportunity_id").head(_MOST)
    title = "<h2>Opportunities of the last hour</h2>"
    if newest.empty:
        return f'{title}<p class="lead">None: no two books were far enough apart to pay fees.</p>'
    seen: Any = newest.itertuples()
    rows = [
        [
            f"{row.timestamp:%m-%d %H:%M}",
            f"{row.buy_exchange} {row.buy_symbol}",
            f"{row.buy_price:,.10g}",
            f"{row.sell_exchange} {row.sell_symbol}",
            f"{row.sell_price:,.10g}",
            f"{row.quantity:,.6g}",
            f"{row.spread_bps:.2f}",
            f"{row.net_bps:.2f}",
            f"{row.peak_net_bps:.2f}",
            f"{row.net_profit:,.2f} {row.buy_symbol.partition('/')[2]}",
            f"{row.age.total_seconds() / 60:.0f} min",
        ]
        for row in seen
    ]
    return title + table(_COLUMNS, rows)
