"""Questions about candles.

Frames of candles have the columns exchange, symbol, symbol_id, timeframe, timestamp (the open
time, UTC), open, high, low, close, volume (base units), quote_volume, trade_count and received_at.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from arb_pipeline.model import Interval
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.database import sql
from arb_pipeline.storage.queries.asked import (
    Moment,
    Names,
    Symbols,
    Window,
    instant,
    names,
    symbol_ids,
    window,
)
from arb_pipeline.storage.queries.frames import named_frame

if TYPE_CHECKING:
    import pandas as pd
    from asyncpg import Record

    from arb_pipeline.storage.database import Connection

# Later than any candle, and a time that datetime can hold.
_END_OF_TIME = 253_402_214_400_000


async def candles(
    connection: Connection,
    symbols: Symbols,
    timeframes: Names,
    asked: Window,
    *,
    floats: bool = False,
) -> pd.DataFrame:
    """Candles that open in a window, by symbol, timeframe and time; None is every timeframe."""
    interval = window(asked)
    return await named_frame(
        connection,
        "candles_range",
        await symbol_ids(connection, symbols),
        names(timeframes),
        to_datetime(interval.start),
        to_datetime(interval.end),
        floats=floats,
    )


async def candles_before(
    connection: Connection,
    symbols: Symbols,
    timeframe: str,
    moment: Moment,
    limit: int = 1,
    *,
    floats: bool = False,
) -> pd.DataFrame:
    """The last ``limit`` candles of each symbol that open before a moment, oldest first."""
    ids, at = await symbol_ids(connection, symbols), to_datetime(instant(moment))
    return await named_frame(connection, "candles_before", ids, timeframe, at, limit, floats=floats)


async def candles_after(
    connection: Connection,
    symbols: Symbols,
    timeframe: str,
    moment: Moment,
    limit: int = 1,
    *,
    floats: bool = False,
) -> pd.DataFrame:
    """The first ``limit`` candles of each symbol that open at a moment or after it."""
    ids, at = await symbol_ids(connection, symbols), to_datetime(instant(moment))
    return await named_frame(connection, "candles_after", ids, timeframe, at, limit, floats=floats)


async def latest_candles(
    connection: Connection,
    symbols: Symbols = None,
    timeframe: str = "1m",
    limit: int = 1,
    *,
    floats: bool = False,
) -> pd.DataFrame:
    """The newest ``limit`` candles of each symbol, oldest first."""
    return await candles_before(connection, symbols, timeframe, _END_OF_TIME, limit, floats=floats)


async def candle_counts(
    connection: Connection, symbols: Symbols, timeframes: Names, asked: Window
) -> pd.DataFrame:
    """How many candles a window holds, per symbol and timeframe that has any; None is all.

    Columns: exchange, symbol, symbol_id, timeframe, candle_count, first, last (open times).
    """
    interval = window(asked)
    return await named_frame(
        connection,
        "candles_count",
        await symbol_ids(connection, symbols),
        names(timeframes),
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
