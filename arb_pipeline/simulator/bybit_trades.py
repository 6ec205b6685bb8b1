"""Bybit's latest trades and settled funding, newest first."""

from __future__ import annotations

from itertools import islice

from arb_pipeline.model import Exchange
from arb_pipeline.simulator import trades
from arb_pipeline.simulator.bybit_symbols import CATEGORIES, envelope, error, exchange_of
from arb_pipeline.simulator.dialect import Asked, Call, Refused, Reply, World, integer
from arb_pipeline.simulator.funding import settled
from arb_pipeline.simulator.instruments import SimulatedInstrument

# Default and most rows; whatever is older can't be had.
_LATEST = {Exchange.BYBIT_SPOT: (60, 60), Exchange.BYBIT_FUTURES: (500, 1000)}
_FUNDING_ROWS = 200


def asked(call: Call) -> Asked:
    """What the request is about."""
    query = call.query
    exchange = CATEGORIES.get(query.get("category", "linear"))
    start, end = integer(query.get("startTime")), integer(query.get("endTime"))
    return Asked(exchange, query.get("symbol"), None, start, end, integer(query.get("limit")))


def recent(world: World, call: Call) -> Reply:
    """``/v5/market/recent-trade``."""
    exchange = exchange_of(call)
    instrument = found(world, call, exchange)
    usual, most = _LATEST[exchange]
    limit = min(integer(call.query.get("limit")) or usual, most)
    rows = [
        {
            # Contracts' trades have a UUID, which says nothing of their order.
            "execId": str(one.number)
            if exchange is Exchange.BYBIT_SPOT
            else f"{one.number:08x}-0000-5000-8000-{one.time:012x}",
            "symbol": instrument.id,
            "price": one.price,
            "size": one.quantity,
            "side": "Sell" if one.sold else "Buy",
            "time": str(one.time),
            "isBlockTrade": False,
        }
        for one in islice(trades.newest(instrument, call.now), limit)
    ]
    category = call.query.get("category", "linear")
    return envelope({"category": category, "list": rows}, call.now)


def funding(world: World, call: Call) -> Reply:
    """``/v5/market/funding/history``; a start is only understood beside an end."""
    instrument = found(world, call, exchange_of(call))
    start, end = (integer(call.query.get(name)) for name in ("startTime", "endTime"))
    if start is not None and end is None:
        raise Refused(error(10001, "params error: endTime is required with startTime"))
    limit = min(integer(call.query.get("limit")) or _FUNDING_ROWS, _FUNDING_ROWS)
    rows = settled(instrument, start or 0, call.now if end is None else min(end, call.now))
    listed = [
        {"symbol": instrument.id, "fundingRate": rate, "fundingRateTimestamp": str(time)}
        for time, rate in rows[::-1][:limit]
    ]
    return envelope({"category": "linear", "list": listed}, call.now)


def found(world: World, call: Call, exchange: Exchange) -> SimulatedInstrument:
    """The instrument a request names.

    Raises:
        Refused: there is none.
    """
    instrument = world.listings.find(exchange, call.query.get("symbol", ""), call.now)
    if instrument is None:
        raise Refused(error(10001, "Not supported symbols"))
    return instrument
