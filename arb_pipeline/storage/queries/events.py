"""Trades, settled funding and own fills by window.

Frames are sorted by symbol and time and begin with exchange, symbol and symbol_id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.queries.asked import Symbols, Window, symbol_ids, window
from arb_pipeline.storage.queries.frames import named_frame

if TYPE_CHECKING:
    import pandas as pd

    from arb_pipeline.storage.database import Connection


async def trades(
    connection: Connection, symbols: Symbols, asked: Window, *, floats: bool = False
) -> pd.DataFrame:
    """Public trades; prices in quote units, quantities in base units or contracts.

    Columns: timestamp, price, quantity, side (the taker's), trade_id, is_synthetic_id, received_at.
    """
    return await range_of(connection, "trades_range", symbols, asked, floats=floats)


async def settled_funding(
    connection: Connection, symbols: Symbols, asked: Window, *, floats: bool = False
) -> pd.DataFrame:
    """Funding that was paid in the window; rates are fractions of the position's value.

    Columns: timestamp (of payment), funding_rate, funding_time, funding_interval_hours,
    mark_price, created_at.
    """
    return await range_of(connection, "funding_settled_range", symbols, asked, floats=floats)


async def account_trades(
    connection: Connection, symbols: Symbols, asked: Window, *, floats: bool = False
) -> pd.DataFrame:
    """Own fills; a negative fee is a rebate.

    Columns: timestamp, trade_id, order_id, side, price, quantity (base units or contracts),
    quote_quantity, fee (units of fee_asset), fee_asset, is_maker, received_at.
    """
    return await range_of(connection, "account_trades_range", symbols, asked, floats=floats)


async def range_of(
    connection: Connection, name: str, symbols: Symbols, asked: Window, *, floats: bool
) -> pd.DataFrame:
    """The rows of a named query whose parameters are symbols and a half-open window."""
    interval = window(asked)
    return await named_frame(
        connection,
        name,
        await symbol_ids(connection, symbols),
        to_datetime(interval.start),
        to_datetime(interval.end),
        floats=floats,
    )
