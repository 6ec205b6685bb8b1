"""Tops of books and tickers: one record per symbol and moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from arb_pipeline.model import ccxt_structures as ccxt
from arb_pipeline.model import rules
from arb_pipeline.model.exact import exact, instant, known, written

# ccxt's names of a ticker's figures, in the order of the record.
_FIGURES = ("last", "high", "low", "baseVolume", "quoteVolume", "markPrice", "indexPrice")


@dataclass(frozen=True, slots=True)
class BookTicker:
    """Best bid and ask; prices in quote units per base unit.

    Quantities are base units on spot and contracts on futures.
    """

    symbol_id: int
    timestamp: int
    bid_price: Decimal
    bid_qty: Decimal
    ask_price: Decimal
    ask_qty: Decimal
    sequence_number: int | None = None
    exchange_timestamp: int | None = None

    def validate(self) -> None:
        """Check the rules of ``book_ticker_snapshots``; a crossed book is allowed.

        Raises:
            ValueError: one does not hold; names the field and the rule.
        """
        rules.key("symbol_id", self.symbol_id)
        rules.present("timestamp", self.timestamp)
        rules.moment("timestamp", self.timestamp, rules.SNAPSHOTS_SINCE)
        for side in ("bid", "ask"):
            price, quantity = getattr(self, f"{side}_price"), getattr(self, f"{side}_qty")
            rules.present(f"{side}_price", price)
            rules.positive(f"{side}_price", price)
            rules.present(f"{side}_qty", quantity)
            rules.not_negative(f"{side}_qty", quantity)
        rules.whole("sequence_number", self.sequence_number)
        rules.instant("exchange_timestamp", self.exchange_timestamp)

    @classmethod
    def from_ccxt(
        cls, structure: Mapping[str, Any], *, symbol_id: int, timestamp: int
    ) -> BookTicker:
        """The record of a ticker, or of a row of bids and asks, of ccxt's.

        Args:
            structure: what ``fetch_bids_asks`` or ``fetch_ticker`` give.
            symbol_id: ``symbols.id``.
            timestamp: when it was received, milliseconds.

        Raises:
            ValueError: a price or quantity is missing, or a float.
        """
        names = ("bid", "bidVolume", "ask", "askVolume")
        bid, bid_qty, ask, ask_qty = (exact(name, structure.get(name)) for name in names)
        number, time = instant(structure, "nonce"), instant(structure)
        return cls(symbol_id, timestamp, bid, bid_qty, ask, ask_qty, number, time)

    def to_ccxt(self, symbol: str) -> ccxt.Structure:
        """The row as ccxt has it with ``number = str``; ``symbol`` is the name to show."""
        values = {
            "bid": written(self.bid_price),
            "bidVolume": written(self.bid_qty),
            "ask": written(self.ask_price),
            "askVolume": written(self.ask_qty),
            "nonce": self.sequence_number,
        }
        return ccxt.ticker(symbol, self.exchange_timestamp, values)


@dataclass(frozen=True, slots=True)
class Ticker:
    """Last price and rolling 24-hour figures; None is unknown, or never traded.

    Volumes: base units and quote units. Mark and index price exist on futures only.
    """

    symbol_id: int
    timestamp: int
    last_price: Decimal | None
    high_24h: Decimal | None = None
    low_24h: Decimal | None = None
    base_volume_24h: Decimal | None = None
    quote_volume_24h: Decimal | None = None
    mark_price: Decimal | None = None
    index_price: Decimal | None = None
    exchange_timestamp: int | None = None

    def validate(self) -> None:
        """Check the rules of ``ticker_snapshots``.

        Raises:
            ValueError: one does not hold; names the field and the rule.
        """
        rules.key("symbol_id", self.symbol_id)
        rules.present("timestamp", self.timestamp)
        rules.moment("timestamp", self.timestamp, rules.SNAPSHOTS_SINCE)
        for name in ("last_price", "high_24h", "low_24h", "mark_price", "index_price"):
            rules.positive(name, getattr(self, name))
        for name in ("base_volume_24h", "quote_volume_24h"):
            rules.not_negative(name, getattr(self, name))
        rules.agree(
            holds=self.low_24h is None or self.high_24h is None or self.low_24h <= self.high_24h,
            rule="low_24h must not be above high_24h",
        )
        rules.instant("exchange_timestamp", self.exchange_timestamp)

    @classmethod
    def from_ccxt(cls, structure: Mapping[str, Any], *, symbol_id: int, timestamp: int) -> Ticker:
        """The record of a ticker of ccxt's (``fetch_ticker``); what it derives is left out.

        Args:
            structure: the ticker.
            symbol_id: ``symbols.id``.
            timestamp: when it was received, milliseconds.

        Raises:
            ValueError: a number is a float.
        """
        last, high, low, base, quote, mark, index = (
            known(name, structure.get(name)) for name in _FIGURES
        )
        time = instant(structure)
        return cls(symbol_id, timestamp, last, high, low, base, quote, mark, index, time)

    def to_ccxt(self, symbol: str) -> ccxt.Structure:
        """The ticker as ccxt has it with ``number = str``; ``symbol`` is the name to show."""
        figures = (
            self.last_price,
            self.high_24h,
            self.low_24h,
            self.base_volume_24h,
            self.quote_volume_24h,
            self.mark_price,
            self.index_price,
        )
        values = dict(zip(_FIGURES, map(written, figures), strict=True))
        values["close"] = values["last"]
        return ccxt.ticker(symbol, self.exchange_timestamp, values)
