"""Aggregated trades in Binance's dialect, and in MEXC's, which knows no ids.

What belongs here: the parameters of ``aggTrades`` and how they are refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from arb_pipeline.model import Exchange, Interval
from arb_pipeline.simulator import trades
from arb_pipeline.simulator.binance_klines import error, invalid_symbol, mandatory, number
from arb_pipeline.simulator.dialect import HOUR, Asked, Call, Refused, Reply, World, dump, integer
from arb_pipeline.simulator.trades import Print


@dataclass(frozen=True, slots=True)
class AggTrades:
    """How one market answers ``aggTrades``.

    Attributes:
        clamps: whether a larger ``limit`` is cut silently; otherwise it is an error.
        best_match: whether rows have the field that tells spot from contracts.
    """

    exchange: Exchange
    clamps: bool = True
    best_match: bool = True

    def asked(self, call: Call) -> Asked:
        """What the request is about."""
        return asked(self.exchange, call)

    def answer(self, world: World, call: Call) -> Reply:
        """The page: from an id on, of a window of at most an hour, or the newest."""
        symbol = mandatory(call, "symbol")
        first_id, start, end = (number(call, n) for n in ("fromId", "startTime", "endTime"))
        limit = number(call, "limit") if "limit" in call.query else 500
        if limit is None or limit < 1 or (limit > 1000 and not self.clamps):
            raise Refused(error(-1130, "Data sent for parameter 'limit' is not valid."))
        limit = min(limit, 1000)
        if first_id is not None and (start is not None or end is not None):
            raise Refused(error(-1128, "Combination of optional parameters invalid."))
        if start is not None and end is not None and end - start > HOUR:
            raise Refused(error(-1127, "More than 1 hours between startTime and endTime."))
        instrument = world.listings.find(self.exchange, symbol, call.now)
        if instrument is None:
            raise Refused(invalid_symbol())
        if first_id is not None:
            found = list(islice(trades.from_number(instrument, first_id, call.now), limit))
        elif start is not None:
            last = start + HOUR if end is None else end
            found = list(islice(trades.between(instrument, start, last, call.now), limit))
        else:
            last = call.now if end is None else end
            newest = trades.between(instrument, 0, last, call.now, newest=True)
            found = list(islice(newest, limit))[::-1]
        return dump([self._row(one) for one in found])

    def _row(self, one: Print) -> dict[str, object]:
        row: dict[str, object] = {
            "a": one.number,
            "p": one.price,
            "q": one.quantity,
            "f": one.number,
            "l": one.number,
            "T": one.time,
            "m": one.sold,
        }
        return {**row, "M": True} if self.best_match else row


def asked(exchange: Exchange, call: Call) -> Asked:
    """What a request with ``startTime`` and ``endTime`` is about."""
    query = call.query
    start, end = integer(query.get("startTime")), integer(query.get("endTime"))
    window = None if start is None or end is None else Interval(start, end + 1)
    limit = integer(query.get("limit"))
    return Asked(exchange, query.get("symbol"), None, start, end, limit, window)


SPOT = AggTrades(Exchange.BINANCE_SPOT)
FUTURES = AggTrades(Exchange.BINANCE_FUTURES, clamps=False, best_match=False)


def mexc(world: World, call: Call) -> Reply:
    """MEXC's page: the newest of a window, newest first, and nothing that names a trade."""
    symbol = mandatory(call, "symbol")
    start, end = number(call, "startTime"), number(call, "endTime")
    if (start is None) != (end is None):
        raise Refused(error(700_013, "startTime and endTime must be sent together."))
    if start is not None and end is not None and end - start > HOUR:
        raise Refused(error(700_013, "The interval must not be longer than one hour."))
    limit = min(number(call, "limit") or 500, 1000)
    instrument = world.listings.find(Exchange.MEXC_SPOT, symbol, call.now)
    if instrument is None:
        raise Refused(invalid_symbol())
    last = call.now if end is None else end
    found = trades.between(instrument, start or 0, last, call.now, newest=True)
    unknown: dict[str, object] = {"a": None, "f": None, "l": None}
    return dump(
        [
            {**unknown, "p": one.price, "q": one.quantity, "T": one.time, "m": one.sold, "M": True}
            for one in islice(found, limit)
        ]
    )
