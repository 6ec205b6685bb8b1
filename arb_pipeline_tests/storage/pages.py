"""Pages for tests of the write path."""

from __future__ import annotations

from collections.abc import Sequence

from arb_pipeline.model import (
    TIMEFRAMES,
    CandlePage,
    CandleRow,
    Exchange,
    Instrument,
    Interval,
)
from arb_pipeline.storage.database import Pool

MINUTE = 60_000
START = 1_767_225_600_000 - 30 * MINUTE  # half an hour before 2026-01-01


async def an_instrument(pool: Pool, exchange_symbol: str = "BTCUSDT") -> Instrument:
    """A symbol of Binance spot, freshly registered."""
    symbol_id = await pool.fetchval(
        "INSERT INTO symbols "
        "(exchange_id, exchange_symbol, symbol_base, symbol_quote, status, is_active) "
        "SELECT id, $1, 'BTC', 'USDT', 'TRADING', true FROM exchanges "
        "WHERE enum_value = 'BINANCE_SPOT' RETURNING id",
        exchange_symbol,
    )
    return Instrument(symbol_id, Exchange.BINANCE_SPOT, exchange_symbol, "BTC", "USDT")


def row(index: int, price: str = "100.10", **values: str) -> CandleRow:
    """The candle of the index-th minute after START."""
    return (
        START + index * MINUTE,
        values.get("open", price),
        values.get("high", price),
        values.get("low", price),
        values.get("close", price),
        values.get("volume", "3.000"),
        None,
        None,
    )


def page(
    instrument: Instrument, rows: Sequence[CandleRow], length: int | None = None
) -> CandlePage:
    """A page that asked for ``length`` minutes from START on."""
    end = START + (len(rows) if length is None else length) * MINUTE
    return CandlePage(instrument, TIMEFRAMES["1m"], Interval(START, end), rows)
