"""Larger candles made of stored ones, in the database."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from arb_pipeline.model import TIMEFRAMES
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.queries.asked import Symbols, Window, symbol_ids, window
from arb_pipeline.storage.queries.frames import named_frame

if TYPE_CHECKING:
    import pandas as pd

    from arb_pipeline.storage.database import Connection


async def resampled_candles(
    connection: Connection,
    symbols: Symbols,
    timeframe: str,
    asked: Window,
    *,
    source: str = "1m",
    incomplete: bool = False,
    floats: bool = False,
) -> pd.DataFrame:
    """Candles of a larger timeframe, each from the first open to the last close of shorter ones.

    A candle is complete when every shorter one is stored, or coverage confirms that the exchange
    has none of those that are not. The one of the present is not complete before it ends; a
    stretch of which nothing is stored makes no candle.

    Args:
        connection: to the database.
        symbols: whose.
        timeframe: wanted, such as ``4h``; weeks begin on Monday.
        asked: the window; candles that open in it are made, from all they hold.
        source: timeframe of the stored ones.
        incomplete: also give those that are not complete.
        floats: as of ``frame``.

    Returns:
        Columns: exchange, symbol, symbol_id, timeframe, timestamp (open time), open, high, low,
        close, volume, quote_volume and trade_count (null where they are of a part), candle_count
        (shorter ones it is made of), expected_count (those it has room for), is_complete.

    Raises:
        ValueError: a timeframe is unknown, or the one does not consist of the other.
    """
    try:
        length, part = TIMEFRAMES[timeframe], TIMEFRAMES[source]
    except KeyError as error:
        raise ValueError(f"no timeframe {error}; there are {', '.join(TIMEFRAMES)}") from None
    count, rest = divmod(length.milliseconds, part.milliseconds)
    if rest or count < 2:
        raise ValueError(f"candles of {timeframe} cannot be made of those of {source}")
    interval = length.align(window(asked))
    return await named_frame(
        connection,
        "candles_resampled",
        await symbol_ids(connection, symbols),
        source,
        timeframe,
        timedelta(milliseconds=length.milliseconds),
        count,
        to_datetime(interval.start),
        to_datetime(interval.end),
        incomplete,
        floats=floats,
    )
