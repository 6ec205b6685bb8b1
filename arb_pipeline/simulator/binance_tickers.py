"""Tickers and book tickers in Binance's dialect, which MEXC speaks too.

What belongs here: which symbols an answer holds, its rows, what it costs. What does not: mark
prices and funding (``binance_funding.py``), books (``binance_depth.py``).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from arb_pipeline.model import DAY_MS, Exchange
from arb_pipeline.simulator import figures
from arb_pipeline.simulator.binance_klines import error, invalid_symbol
from arb_pipeline.simulator.books import book
from arb_pipeline.simulator.dialect import Asked, Call, Refused, Reply, World, dump
from arb_pipeline.simulator.instruments import SimulatedInstrument
from arb_pipeline.simulator.prices import day

Row = dict[str, object]
_LEGAL = r'^\[("[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}){0,1}\]$'


@dataclass(frozen=True, slots=True)
class Rows:
    """One row per symbol: of all, of one (without a list around it), or of several.

    Attributes:
        row: makes the row of one instrument.
        several: whether ``symbols=["A","B"]`` is understood; otherwise it is ignored.
        halted: whether symbols that are no longer traded are listed too.
    """

    exchange: Exchange
    row: Callable[[World, SimulatedInstrument, int], Row]
    several: bool = False
    halted: bool = False

    def asked(self, call: Call) -> Asked:
        """What the request is about."""
        return Asked(self.exchange, call.query.get("symbol"))

    def answer(self, world: World, call: Call) -> Reply:
        """The row, or the list of rows."""
        symbol = call.query.get("symbol")
        wanted = self._several(call)
        if symbol is not None:
            if wanted is not None:
                raise Refused(error(-1128, "Combination of optional parameters invalid."))
            return dump(self.row(world, self._find(world, call, symbol), call.now))
        listed = [
            instrument
            for instrument in world.listings.all(self.exchange, call.now)
            if self.halted or instrument.is_trading(call.now)
        ]
        if wanted is not None:
            for name in wanted:
                self._find(world, call, name)
            listed = [instrument for instrument in listed if instrument.id in wanted]
        return dump([self.row(world, instrument, call.now) for instrument in listed])

    def _find(self, world: World, call: Call, symbol: str) -> SimulatedInstrument:
        found = world.listings.find(self.exchange, symbol, call.now)
        if found is None or not (self.halted or found.is_trading(call.now)):
            raise Refused(invalid_symbol())
        return found

    def _several(self, call: Call) -> set[str] | None:
        if not self.several or "symbols" not in call.query:
            return None
        names = symbols_in(call)
        if not names:
            message = f"Illegal characters found in parameter 'symbols'; legal range is '{_LEGAL}'."
            raise Refused(error(-1100, message))
        return set(names)


def symbols_in(call: Call) -> list[str]:
    """The names in ``symbols``; empty where it is no JSON array of them."""
    try:
        names = json.loads(call.query.get("symbols", ""))
    except ValueError:
        return []
    is_list = isinstance(names, list) and all(isinstance(name, str) for name in names)
    return names if is_list else []


def _day_row(instrument: SimulatedInstrument, now: int, *, per_cent: bool = True) -> Row:
    """What every ``24hr`` has, in Binance's order."""
    traded = day(instrument, now)
    change = traded.last - traded.open
    # Binance sends per cent; MEXC sends a ratio under the same name.
    percentage = (
        figures.ratio(100 * change, traded.open, 3)
        if per_cent
        else figures.ratio(change, traded.open, 4)
    )
    average = traded.turnover // traded.quantity if traded.quantity else 0
    return {
        "symbol": instrument.id,
        "priceChange": figures.price(instrument, change),
        "priceChangePercent": percentage,
        "weightedAvgPrice": figures.price(instrument, average),
        "lastPrice": figures.price(instrument, traded.last),
        "lastQty": figures.quantity(instrument, 1 + traded.quantity % 1000),
        "openPrice": figures.price(instrument, traded.open),
        "highPrice": figures.price(instrument, traded.high),
        "lowPrice": figures.price(instrument, traded.low),
        "volume": figures.quantity(instrument, traded.quantity),
        "quoteVolume": figures.value(instrument, traded.turnover),
        "openTime": now - DAY_MS,
        "closeTime": now,
        "firstId": now // 1000 - traded.trades + 1,
        "lastId": now // 1000,
        "count": traded.trades,
    }


def _top(world: World, instrument: SimulatedInstrument, now: int) -> Row:
    top = book(world.spreads, instrument, now)
    (bid, bid_lots), (ask, ask_lots) = top.bids[0], top.asks[0]
    return {
        "bidPrice": figures.price(instrument, bid),
        "bidQty": figures.quantity(instrument, bid_lots),
        "askPrice": figures.price(instrument, ask),
        "askQty": figures.quantity(instrument, ask_lots),
    }


_NO_TOP: Row = dict.fromkeys(("bidPrice", "bidQty", "askPrice", "askQty"), "0.00000000")


def spot_book_ticker(world: World, instrument: SimulatedInstrument, now: int) -> Row:
    """A row of ``bookTicker``, zeros where nothing is traded any more."""
    top = _top(world, instrument, now) if instrument.is_trading(now) else _NO_TOP
    return {"symbol": instrument.id, **top}


def futures_book_ticker(world: World, instrument: SimulatedInstrument, now: int) -> Row:
    """The same on futures, which tell time and number of the last update."""
    top = _top(world, instrument, now)
    return {"symbol": instrument.id, **top, "time": now, "lastUpdateId": now}


def spot_ticker(world: World, instrument: SimulatedInstrument, now: int) -> Row:
    """A row of spot's ``24hr``."""
    if instrument.is_trading(now):
        row = _day_row(instrument, now)
        return {**row, "prevClosePrice": row["openPrice"], **_top(world, instrument, now)}
    row = dict.fromkeys(_day_row(instrument, now), "0.00000000")
    numbers = {"openTime": now - DAY_MS, "closeTime": now, "firstId": -1, "lastId": -1, "count": 0}
    named = {"symbol": instrument.id, "priceChangePercent": "0.000", "prevClosePrice": "0.00000000"}
    return {**row, **named, **numbers, **_NO_TOP}


def futures_ticker(world: World, instrument: SimulatedInstrument, now: int) -> Row:
    """A row of futures' ``24hr``: without bid and ask, which is how clients tell it from spot."""
    return _day_row(instrument, now)


def mexc_ticker(world: World, instrument: SimulatedInstrument, now: int) -> Row:
    """A row of MEXC's ``24hr``: fewer fields, change as a ratio, no count of trades."""
    row = _day_row(instrument, now, per_cent=False)
    for name in ("weightedAvgPrice", "lastQty", "firstId", "lastId"):
        del row[name]
    return {
        **row,
        "prevClosePrice": row["openPrice"],
        **_top(world, instrument, now),
        "count": None,
    }


SPOT_TICKERS = Rows(Exchange.BINANCE_SPOT, spot_ticker, several=True, halted=True)
SPOT_BOOK_TICKERS = Rows(Exchange.BINANCE_SPOT, spot_book_ticker, several=True, halted=True)
FUTURES_TICKERS = Rows(Exchange.BINANCE_FUTURES, futures_ticker)
FUTURES_BOOK_TICKERS = Rows(Exchange.BINANCE_FUTURES, futures_book_ticker)
MEXC_TICKERS = Rows(Exchange.MEXC_SPOT, mexc_ticker)
MEXC_BOOK_TICKERS = Rows(Exchange.MEXC_SPOT, spot_book_ticker)


def one_or_all(one: int, every: int) -> Callable[[Call], int]:
    """A weight that depends on whether a symbol is named."""
    return lambda call: one if "symbol" in call.query else every


def spot_ticker_weight(call: Call) -> int:
    """What spot's ``24hr`` costs, by the number of symbols."""
    if "symbol" in call.query:
        return 2
    count = len(symbols_in(call))
    if not count:
        return 80
    return 2 if count <= 20 else 40 if count <= 100 else 80
