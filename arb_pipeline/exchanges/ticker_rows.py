"""Rows of tops of books and of 24-hour figures as records, every number exact.

What belongs here: which field is what, per exchange. What does not: asking (``tickers.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from arb_pipeline.exchanges.snapshot_cells import (
    EXACT,
    Nothing,
    Receipt,
    Row,
    amount,
    known,
    moment,
    number_of_state,
)
from arb_pipeline.model import BookTicker, Company, Exchange, Instrument, Ticker


@dataclass(frozen=True, slots=True)
class _Figures:
    """What an exchange calls the figures of a ticker."""

    last: str
    high: str
    low: str
    base: str
    quote: str
    mark: str = "markPrice"
    index: str = "indexPrice"


# How a book nobody trades in is written: Bybit leaves it blank, Binance and MEXC fill in zeros.
_EMPTY = ("", "0", "0.00000000")
_BINANCE = _Figures("lastPrice", "highPrice", "lowPrice", "volume", "quoteVolume")
_FIGURES: Mapping[Company, _Figures] = {
    Company.BINANCE: _BINANCE,
    Company.MEXC: _BINANCE,
    Company.BYBIT: _Figures("lastPrice", "highPrice24h", "lowPrice24h", "volume24h", "turnover24h"),
    Company.GATEIO: _Figures("last", "high_24h", "low_24h", "base_volume", "quote_volume"),
}
_GATE_FUTURES = _Figures(
    "last",
    "high_24h",
    "low_24h",
    "volume_24h_base",
    "volume_24h_quote",
    "mark_price",
    "index_price",
)


def book_ticker(one: Instrument, row: Row, receipt: Receipt) -> BookTicker:
    """The top of a book in a list of them.

    Raises:
        Nothing: the book is empty on both sides.
        BadRow: it is none.
    """
    if one.exchange.company is Company.BYBIT:
        names = ("bid1Price", "bid1Size", "ask1Price", "ask1Size")
    else:
        names = ("bidPrice", "bidQty", "askPrice", "askQty")
    if all(row.get(name) in _EMPTY for name in names):
        raise Nothing("the book is empty")
    # Of Binance's futures it is the time of the book's last change. Books of perpetuals change many
    # times a second: one that stood still for a minute is of a market that is halted.
    stamp = receipt.believe(moment(row, "time"))
    bid, bid_qty, ask_, ask_qty = (amount(row, name) for name in names)
    state = number_of_state(row, "lastUpdateId")
    return BookTicker(one.symbol_id, receipt.at, bid, bid_qty, ask_, ask_qty, state, stamp)


def ticker(one: Instrument, row: Row, receipt: Receipt) -> Ticker:
    """One row of 24-hour figures.

    Raises:
        BadRow: it is none.
    """
    futures = one.exchange is Exchange.GATEIO_FUTURES
    names = _GATE_FUTURES if futures else _FIGURES[one.exchange.company]
    if one.exchange.company is Company.BYBIT:
        stamp = receipt.believe(moment(row, "time"))
    else:  # Binance's and MEXC's figures end with the last trade, Gate's have no time
        stamp = receipt.believe(moment(row, "closeTime"), is_now=False)
    volume = _volume(one, row, names.base)
    last, high, low = (known(row, name) for name in (names.last, names.high, names.low))
    if volume == 0:  # nothing was traded: a price of 0 is the exchange's word for none
        last, high, low = last or None, high or None, low or None
    return Ticker(
        one.symbol_id,
        receipt.at,
        last,
        high,
        low,
        volume,
        known(row, names.quote),
        known(row, names.mark),
        known(row, names.index),
        stamp,
    )


def _volume(one: Instrument, row: Row, base: str) -> Decimal | None:
    """Base units. Gate rounds the base volume of futures; the number of contracts is exact."""
    contracts = known(row, "volume_24h") if one.exchange is Exchange.GATEIO_FUTURES else None
    if contracts is None:
        return known(row, base)
    return EXACT.multiply(contracts, Decimal(one.contract_size))
