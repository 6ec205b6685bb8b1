"""Questions about samples of books, tickers and funding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from arb_pipeline.model import Interval, now_ms
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.queries.frames import frame

if TYPE_CHECKING:
    from arb_pipeline.storage.database import Connection

_MINUTE_MS = 60_000


async def book_tickers(
    connection: Connection, symbol_ids: Sequence[int], interval: Interval
) -> pd.DataFrame:
    """Best bids and asks of some symbols.

    Columns: symbol_id, timestamp, bid_price, bid_qty, ask_price, ask_qty, sequence_number,
    update_type, exchange_timestamp, created_at.
    """
    return await _window(connection, "book_tickers_range", symbol_ids, interval)


async def tickers(
    connection: Connection, symbol_ids: Sequence[int], interval: Interval
) -> pd.DataFrame:
    """Last prices and rolling 24-hour figures of some symbols.

    Columns: symbol_id, timestamp, last_price, high_24h, low_24h, base_volume_24h,
    quote_volume_24h, mark_price, index_price, exchange_timestamp, created_at.
    """
    return await _window(connection, "tickers_range", symbol_ids, interval)


async def funding_rates(
    connection: Connection, symbol_ids: Sequence[int], interval: Interval
) -> pd.DataFrame:
    """Funding rates of some symbols, predicted and settled.

    Columns: symbol_id, timestamp, funding_rate, funding_time, next_funding_time, is_settled,
    funding_interval_hours, mark_price, index_price, exchange_timestamp, created_at.
    """
    return await _window(connection, "funding_rates_range", symbol_ids, interval)


async def latest_book_tickers(
    connection: Connection, symbol_ids: Sequence[int], limit: int = 100
) -> pd.DataFrame:
    """The newest ``limit`` best bids and asks of each symbol, newest first, by name.

    Columns: exchange, symbol, exchange_symbol, timestamp, bid_price, bid_qty, ask_price, ask_qty,
    sequence_number, exchange_timestamp, symbol_id.
    """
    ids = sorted(set(symbol_ids))
    # Planning over the chunks of all days takes longer than reading the rows, which nearly always
    # are those of the last minutes.
    recent = now_ms() - max(60, 2 * limit) * _MINUTE_MS
    found = await frame(connection, "book_tickers_latest", ids, limit, to_datetime(recent))
    if len(found) == limit * len(ids):
        return found
    return await frame(connection, "book_tickers_latest", ids, limit, to_datetime(0))


async def _window(
    connection: Connection, name: str, symbol_ids: Sequence[int], interval: Interval
) -> pd.DataFrame:
    return await frame(
        connection,
        name,
        list(symbol_ids),
        to_datetime(interval.start),
        to_datetime(interval.end),
    )
