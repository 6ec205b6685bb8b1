"""Symbols of several exchanges, and rows of theirs, for tests of questions."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from arb_pipeline.model import Exchange
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.database import Connection, Pool

START = 1_767_571_200_000  # Monday, 2026-01-05
MINUTE = 60_000
_SYMBOL = """
INSERT INTO symbols (
    exchange_id, exchange_symbol, symbol_base, symbol_quote, status, is_active, is_tracked
)
SELECT id, $2 || $3, $2, $3, 'TRADING', true, $4 FROM exchanges WHERE enum_value = $1 RETURNING id
"""
_CANDLE = """
INSERT INTO candles (
    symbol_id, timeframe, timestamp, open, high, low, close, volume, quote_volume, trade_count
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""


async def a_symbol(
    database: Pool | Connection,
    exchange: Exchange = Exchange.BINANCE_SPOT,
    name: str = "BTC/USDT",
    *,
    tracked: bool = True,
) -> int:
    """The id of a symbol that is made."""
    base, quote = name.split("/")
    return int(await database.fetchval(_SYMBOL, exchange.value, base, quote, tracked))


async def some_candles(
    database: Pool | Connection,
    symbol_id: int,
    rows: Sequence[tuple[int, str, str, str, str, str]],
    timeframe: str = "1m",
    **more: Any,
) -> None:
    """Store candles of minutes after START: open, high, low, close and volume as text."""
    for minute, *values in rows:
        await database.execute(
            _CANDLE,
            symbol_id,
            timeframe,
            to_datetime(START + minute * MINUTE),
            *(Decimal(value) for value in values),
            more.get("quote_volume"),
            more.get("trade_count"),
        )


def flat(minutes: Sequence[int], price: str = "100.10") -> list[Any]:
    """Candles that do not move."""
    return [(minute, price, price, price, price, "3.000") for minute in minutes]
