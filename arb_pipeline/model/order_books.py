"""Order books to some depth: one record per symbol and moment."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

Offer = tuple[Decimal, Decimal]  # price in quote units; quantity in base units, or contracts


@dataclass(frozen=True, slots=True)
class OrderBook:
    """Bids and asks, each best first."""

    symbol_id: int
    timestamp: int
    bids: tuple[Offer, ...]
    asks: tuple[Offer, ...]
    exchange_timestamp: int | None = None
