"""Tickers of Gate, which hold the best bid and ask with their sizes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from arb_pipeline.model import Exchange
from arb_pipeline.simulator import figures
from arb_pipeline.simulator.books import book
from arb_pipeline.simulator.dialect import Asked, Call, Refused, Reply, World, dump
from arb_pipeline.simulator.funding import RATE_DECIMALS, funding, open_interest
from arb_pipeline.simulator.gate_candles import FUTURES as FUTURES_CANDLES
from arb_pipeline.simulator.gate_candles import SPOT as SPOT_CANDLES
from arb_pipeline.simulator.instruments import SimulatedInstrument
from arb_pipeline.simulator.prices import Day, day, price

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Tickers:
    """How one market answers ``tickers``: a list, of one row where a symbol is named.

    Attributes:
        symbol: name of the parameter that holds the symbol.
        halted: whether symbols that are no longer traded are listed too.
        unknown: refusal of a symbol that does not exist.
    """

    exchange: Exchange
    symbol: str
    row: Callable[[World, SimulatedInstrument, int], Row]
    halted: bool
    unknown: Reply

    def asked(self, call: Call) -> Asked:
        """What the request is about."""
        return Asked(self.exchange, call.query.get(self.symbol))

    def answer(self, world: World, call: Call) -> Reply:
        """The list."""
        listed = world.listings.all(self.exchange, call.now)
        if self.symbol in call.query:
            found = world.listings.find(self.exchange, call.query[self.symbol], call.now)
            if found is None:
                raise Refused(self.unknown)
            listed = [found]
        return dump(
            [
                self.row(world, instrument, call.now)
                for instrument in listed
                if self.halted or instrument.is_trading(call.now)
            ]
        )


def _top(world: World, instrument: SimulatedInstrument, now: int) -> Row:
    if not instrument.is_trading(now):
        return dict.fromkeys(("lowest_ask", "lowest_size", "highest_bid", "highest_size"), "")
    top = book(world.spreads, instrument, now)
    (bid, bid_lots), (ask, ask_lots) = top.bids[0], top.asks[0]
    return {
        "lowest_ask": figures.price(instrument, ask),
        "lowest_size": figures.quantity(instrument, ask_lots),
        "highest_bid": figures.price(instrument, bid),
        "highest_size": figures.quantity(instrument, bid_lots),
    }


def _change(traded: Day) -> str:
    return figures.ratio(100 * (traded.last - traded.open), traded.open, 2)


def _spot(world: World, instrument: SimulatedInstrument, now: int) -> Row:
    traded = day(instrument, now)
    return {
        "currency_pair": instrument.id,
        "last": figures.price(instrument, traded.last),
        **_top(world, instrument, now),
        "change_percentage": _change(traded),
        "base_volume": figures.quantity(instrument, traded.quantity),
        "quote_volume": figures.value(instrument, traded.turnover),
        "high_24h": figures.price(instrument, traded.high),
        "low_24h": figures.price(instrument, traded.low),
    }


def figures_of_contract(instrument: SimulatedInstrument, now: int) -> Row:
    """What a contract's ticker and its row in the list of contracts both tell."""
    worth, payment = price(instrument, now), funding(instrument, now)
    rate = figures.trimmed(payment.rate, RATE_DECIMALS) if payment else "0"
    return {
        "mark_price": figures.price(instrument, worth.mark),
        "index_price": figures.price(instrument, worth.index),
        "funding_rate": rate,
        "funding_rate_indicative": rate,
    }


def _futures(world: World, instrument: SimulatedInstrument, now: int) -> Row:
    traded = day(instrument, now)
    volume = figures.coins(instrument, traded.quantity)
    turnover = figures.value(instrument, traded.turnover)
    return {
        "contract": instrument.id,
        "last": figures.price(instrument, traded.last),
        "change_percentage": _change(traded),
        "total_size": figures.quantity(instrument, open_interest(instrument, now)),
        "low_24h": figures.price(instrument, traded.low),
        "high_24h": figures.price(instrument, traded.high),
        "volume_24h": figures.quantity(instrument, traded.quantity),
        "volume_24h_base": volume,
        "volume_24h_quote": turnover,
        "volume_24h_settle": turnover,
        **figures_of_contract(instrument, now),
        "quanto_base_rate": "",
        "quanto_multiplier": instrument.contract_size,
        **_top(world, instrument, now),
    }


SPOT = Tickers(Exchange.GATEIO_SPOT, "currency_pair", _spot, True, SPOT_CANDLES.unknown)
FUTURES = Tickers(Exchange.GATEIO_FUTURES, "contract", _futures, False, FUTURES_CANDLES.unknown)
