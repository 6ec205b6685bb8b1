"""Trades, settled funding and own fills by window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.queries.frames import frame

if TYPE_CHECKING:
    import pandas as pd

    from arb_pipeline.model import Interval
    from arb_pipeline.storage.database import Connection


async def trades(
    connection: Connection, symbol_ids: Sequence[int], interval: Interval
) -> pd.DataFrame:
    """Public trades; prices in quote units, quantities in base units or contracts."""
    return await _window(connection, "trades_range", symbol_ids, interval)


async def settled_funding(
    connection: Connection, symbol_ids: Sequence[int], interval: Interval
) -> pd.DataFrame:
    """Funding that was paid in the window; rates are fractions of the position's value."""
    return await _window(connection, "funding_settled_range", symbol_ids, interval)


async def account_trades(
    connection: Connection, symbol_ids: Sequence[int], interval: Interval
) -> pd.DataFrame:
    """Own fills; a negative fee is a rebate."""
    return await _window(connection, "account_trades_range", symbol_ids, interval)


async def _window(
    connection: Connection, name: str, symbol_ids: Sequence[int], interval: Interval
) -> pd.DataFrame:
    start, end = to_datetime(interval.start), to_datetime(interval.end)
    return await frame(connection, name, list(symbol_ids), start, end)
