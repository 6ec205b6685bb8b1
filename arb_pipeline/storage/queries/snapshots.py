"""Questions about samples of books, tickers and funding.

Frames begin with exchange and symbol; those of a window are sorted by symbol and time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arb_pipeline.model import now_ms
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.queries.asked import Symbols, Window, symbol_ids
from arb_pipeline.storage.queries.events import range_of
from arb_pipeline.storage.queries.frames import frame

if TYPE_CHECKING:
    import pandas as pd

    from arb_pipeline.storage.database import Connection

_MINUTE_MS = 60_000


async def book_tickers(
    connection: Connection, symbols: Symbols, asked: Window, *, floats: bool = False
) -> pd.DataFrame:
    """Best bids and asks of a window.

    Columns: exchange, symbol, symbol_id, timestamp (of receipt), bid_price, bid_qty, ask_price,
    ask_qty, sequence_number, update_type, exchange_timestamp, created_at.
    """
    return await range_of(connection, "book_tickers_range", symbols, asked, floats=floats)


async def order_books(
    connection: Connection, symbols: Symbols, asked: Window, *, floats: bool = False
) -> pd.DataFrame:
    """Order books of a window, a row per level; empty where no depth is collected.

    Columns: exchange, symbol, symbol_id, timestamp (of receipt), side (bid or ask), level (1 is
    the best), price, quantity (base units or contracts), exchange_timestamp.
    """
    return await range_of(connection, "order_books_range", symbols, asked, floats=floats)


async def tickers(
    connection: Connection, symbols: Symbols, asked: Window, *, floats: bool = False
) -> pd.DataFrame:
    """Last prices and rolling 24-hour figures of a window.

    Columns: exchange, symbol, symbol_id, timestamp, last_price, high_24h, low_24h,
    base_volume_24h, quote_volume_24h, mark_price, index_price, exchange_timestamp, created_at.
    """
    return await range_of(connection, "tickers_range", symbols, asked, floats=floats)


async def funding_rates(
    connection: Connection, symbols: Symbols, asked: Window, *, floats: bool = False
) -> pd.DataFrame:
    """Funding rates of a window, predicted and settled, as fractions of the position's value.

    Columns: exchange, symbol, symbol_id, timestamp, funding_rate, funding_time,
    next_funding_time, is_settled, funding_interval_hours, mark_price, index_price,
    exchange_timestamp, created_at.
    """
    return await range_of(connection, "funding_rates_range", symbols, asked, floats=floats)


async def latest_book_tickers(
    connection: Connection, symbols: Symbols = None, limit: int = 1, *, floats: bool = False
) -> pd.DataFrame:
    """The newest ``limit`` best bids and asks of each symbol, newest first.

    Columns: exchange, symbol, exchange_symbol, timestamp, bid_price, bid_qty, ask_price, ask_qty,
    sequence_number, exchange_timestamp, symbol_id.
    """
    return await _latest(connection, "book_tickers_latest", symbols, limit, 1, floats=floats)


async def latest_tickers(
    connection: Connection, symbols: Symbols = None, limit: int = 1, *, floats: bool = False
) -> pd.DataFrame:
    """The newest ``limit`` tickers of each symbol, newest first; columns as of ``tickers``."""
    return await _latest(connection, "tickers_latest", symbols, limit, 1, floats=floats)


async def latest_funding_rates(
    connection: Connection, symbols: Symbols = None, limit: int = 1, *, floats: bool = False
) -> pd.DataFrame:
    """The newest ``limit`` predicted rates of each perpetual, newest first.

    Columns as of ``funding_rates``.
    """
    return await _latest(connection, "funding_rates_latest", symbols, limit, 10, floats=floats)


async def _latest(
    connection: Connection, name: str, symbols: Symbols, limit: int, minutes: int, *, floats: bool
) -> pd.DataFrame:
    ids = sorted(await symbol_ids(connection, symbols))
    # Planning over the chunks of all days takes longer than reading the rows, which nearly always
    # are those of the last minutes.
    recent = to_datetime(now_ms() - max(60, 2 * limit * minutes) * _MINUTE_MS)
    found = await frame(connection, name, ids, limit, recent, floats=floats)
    if len(found) == limit * len(ids):
        return found
    return await frame(connection, name, ids, limit, to_datetime(0), floats=floats)
