"""What the simulator's market says, worked out apart from its REST dialects and its rendering."""

from __future__ import annotations

from decimal import Decimal

from arb_pipeline.model import Exchange, Interval
from arb_pipeline.simulator import Simulator, market


def true_candles(
    simulator: Simulator, exchange: Exchange, symbol: str, interval: Interval
) -> dict[int, tuple[Decimal, ...]]:
    """One-minute candles by open time: open, high, low, close, volume in lots' own unit."""
    instrument = simulator.listings.get(exchange, symbol)
    candles = market.minutes(instrument, interval.start, interval.end)
    columns = (
        (candles.open, instrument.price_decimals),
        (candles.high, instrument.price_decimals),
        (candles.low, instrument.price_decimals),
        (candles.close, instrument.price_decimals),
        (candles.quantity, instrument.quantity_decimals),
    )
    exact = [
        [Decimal(number).scaleb(-decimals) for number in column.tolist()]
        for column, decimals in columns
    ]
    return dict(zip(candles.time.tolist(), zip(*exact, strict=True), strict=True))
