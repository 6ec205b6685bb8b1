"""Questions about candles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pandas as pd

from arb_pipeline.model import Interval
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.database import sql
from arb_pipeline.storage.queries.frames import frame

if TYPE_CHECKING:
    from asyncpg import Record

    from arb_pipeline.storage.database import Connection


async def candles(
    connection: Connection,
    symbol_ids: Sequence[int],
    timeframes: Sequence[str],
    interval: Interval,
) -> pd.DataFrame:
    """Candles as a frame; prices and volumes are ``Decimal``, times are UTC.

    Columns: symbol_id, timeframe, timestamp, open, high, low, close, volume (base units),
    quote_volume, trade_count, received_at.
    """
    return await frame(
        connection,
        "candles_range",
        list(symbol_ids),
        list(timeframes),
        to_datetime(interval.start),
        to_datetime(interval.end),
    )


async def closes(
    connection: Connection, symbol_id: int, timeframe: str, interval: Interval
) -> list[tuple[datetime, Decimal]]:
    """Close prices in the order of time."""
    rows = await connection.fetch(
        sql("candles_closes"),
        symbol_id,
        timeframe,
        to_datetime(interval.start),
        to_datetime(interval.end),
    )
    return [(row["timestamp"], row["close"]) for row in rows]


async def insane_candles(
    connection: Connection, symbol_ids: Sequence[int], interval: Interval
) -> list[Record]:
    """Stored candles with low > open, negative volume and the like; at most 100."""
    return await connection.fetch(
        sql("candles_insane"),
        list(symbol_ids),
        to_datetime(interval.start),
        to_datetime(interval.end),
    )
