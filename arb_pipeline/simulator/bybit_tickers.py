"""Tickers and order books of Bybit; ``category`` tells spot from linear contracts."""

from __future__ import annotations

from arb_pipeline.model import Exchange
from arb_pipeline.simulator import figures
from arb_pipeline.simulator.books import Level, book
from arb_pipeline.simulator.bybit_symbols import CATEGORIES, envelope, error, exchange_of
from arb_pipeline.simulator.dialect import Asked, Call, Refused, Reply, World, integer
from arb_pipeline.simulator.funding import CAP, RATE_DECIMALS, funding, open_interest
from arb_pipeline.simulator.instruments import SimulatedInstrument
from arb_pipeline.simulator.market import contract_units
from arb_pipeline.simulator.prices import day, price

Row = dict[str, object]
# Levels without a limit, and the most there are.
_LEVELS = {Exchange.BYBIT_SPOT: (1, 200), Exchange.BYBIT_FUTURES: (25, 500)}
_HOUR_MS = 3_600_000


def asked(call: Call) -> Asked:
    """What the request is about."""
    query = call.query
    exchange = CATEGORIES.get(query.get("category", "linear"))
    return Asked(exchange, query.get("symbol"), limit=integer(query.get("limit")))


def tickers(world: World, call: Call) -> Reply:
    """``/v5/market/tickers``."""
    category = call.query.get("category", "linear")
    if category in {"inverse", "option"}:
        return envelope({"category": category, "list": []}, call.now)
    exchange = exchange_of(call)
    listed = world.listings.all(exchange, call.now)
    if "symbol" in call.query:
        listed = [_named(world, call, exchange)]
    row = _spot_row if category == "spot" else _linear_row
    rows = [row(world, found, call.now) for found in listed if found.is_trading(call.now)]
    return envelope({"category": category, "list": rows}, call.now)


def order_book(world: World, call: Call) -> Reply:
    """``/v5/market/orderbook``."""
    exchange = exchange_of(call)
    default, maximum = _LEVELS[exchange]
    instrument = _named(world, call, exchange)
    limit = integer(call.query.get("limit", str(default)))
    if limit is None or not 1 <= limit <= maximum:
        raise Refused(error(10001, "params error: limit invalid"))
    found = book(world.spreads, instrument, call.now, limit)
    result = {
        "s": instrument.id,
        "b": _levels(instrument, found.bids),
        "a": _levels(instrument, found.asks),
        "ts": call.now,
        "u": call.now,
        "seq": call.now,
        "cts": call.now,
    }
    return envelope(result, call.now)


def _named(world: World, call: Call, exchange: Exchange) -> SimulatedInstrument:
    found = world.listings.find(exchange, call.query.get("symbol", ""), call.now)
    if found is None or not found.is_trading(call.now):
        raise Refused(error(10001, "Not supported symbols"))
    return found


def _levels(instrument: SimulatedInstrument, levels: list[Level]) -> list[list[str]]:
    return [
        [figures.price(instrument, ticks), figures.quantity(instrument, lots)]
        for ticks, lots in levels
    ]


def _spot_row(world: World, instrument: SimulatedInstrument, now: int) -> Row:
    traded = day(instrument, now)
    top = book(world.spreads, instrument, now)
    (bid, bid_lots), (ask, ask_lots) = top.bids[0], top.asks[0]
    return {
        "symbol": instrument.id,
        "bid1Price": figures.price(instrument, bid),
        "bid1Size": figures.quantity(instrument, bid_lots),
        "ask1Price": figures.price(instrument, ask),
        "ask1Size": figures.quantity(instrument, ask_lots),
        "lastPrice": figures.price(instrument, traded.last),
        "prevPrice24h": figures.price(instrument, traded.open),
        "price24hPcnt": figures.ratio(traded.last - traded.open, traded.open, 4),
        "highPrice24h": figures.price(instrument, traded.high),
        "lowPrice24h": figures.price(instrument, traded.low),
        "turnover24h": figures.value(instrument, traded.turnover),
        "volume24h": figures.quantity(instrument, traded.quantity),
    }


def _linear_row(world: World, instrument: SimulatedInstrument, now: int) -> Row:
    worth, payment = price(instrument, now), funding(instrument, now)
    interest = open_interest(instrument, now)
    size, _ = contract_units(instrument)
    before = price(instrument, max(now - _HOUR_MS, instrument.listed_at))
    return {
        **_spot_row(world, instrument, now),
        "indexPrice": figures.price(instrument, worth.index),
        "markPrice": figures.price(instrument, worth.mark),
        "prevPrice1h": figures.price(instrument, before.middle),
        "openInterest": figures.quantity(instrument, interest),
        "openInterestValue": figures.value(instrument, interest * size * worth.mark),
        # A dated contract pays no funding.
        "fundingRate": figures.trimmed(payment.rate, RATE_DECIMALS) if payment else "",
        "nextFundingTime": str(payment.time) if payment else "0",
        "fundingIntervalHour": str(payment.hours) if payment else "",
        "fundingCap": figures.trimmed(CAP, RATE_DECIMALS) if payment else "",
        "predictedDeliveryPrice": "",
        "basisRate": "",
        "deliveryFeeRate": "",
        "deliveryTime": str(instrument.expires_at or 0),
    }
