"""Order books in Binance's dialect, which MEXC speaks too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from arb_pipeline.model import Exchange
from arb_pipeline.simulator import figures
from arb_pipeline.simulator.binance_klines import error, invalid_symbol, mandatory, number
from arb_pipeline.simulator.books import Level, book
from arb_pipeline.simulator.dialect import Asked, Call, Refused, Reply, World, dump, integer
from arb_pipeline.simulator.instruments import SimulatedInstrument


@dataclass(frozen=True, slots=True)
class Depth:
    """How one market answers ``depth``.

    Attributes:
        default: levels a side without a ``limit``.
        maximum: levels it never exceeds.
        weights: ``{limit: weight}``, ascending: the first that covers the limit counts.
        allowed: the only limits there are; None: any, cut to the maximum.
    """

    exchange: Exchange
    default: int
    maximum: int
    weights: Mapping[int, int]
    allowed: frozenset[int] | None = None

    def asked(self, call: Call) -> Asked:
        """What the request is about."""
        limit = integer(call.query.get("limit")) or self.default
        return Asked(self.exchange, call.query.get("symbol"), limit=limit)

    def weight(self, call: Call) -> int:
        """What the request costs."""
        limit = integer(call.query.get("limit")) or self.default
        costs = (cost for most, cost in self.weights.items() if limit <= most)
        return next(costs, max(self.weights.values()))

    def answer(self, world: World, call: Call) -> Reply:
        """The book."""
        symbol = mandatory(call, "symbol")
        limit = number(call, "limit") if "limit" in call.query else self.default
        if not limit or (self.allowed is not None and limit not in self.allowed):
            raise Refused(error(-4021, f"{limit} is not valid depth limit."))
        instrument = world.listings.find(self.exchange, symbol, call.now)
        if instrument is None:
            raise Refused(invalid_symbol())
        bids: list[Level] = []
        asks: list[Level] = []
        if instrument.is_trading(call.now):
            found = book(world.spreads, instrument, call.now, min(limit, self.maximum))
            bids, asks = found.bids, found.asks
        sides = {"bids": _levels(instrument, bids), "asks": _levels(instrument, asks)}
        times: dict[str, object] = {}
        if self.exchange is Exchange.BINANCE_FUTURES:
            times = {"E": call.now, "T": call.now}
        elif self.exchange is Exchange.MEXC_SPOT:
            times = {"timestamp": call.now}
        return dump({"lastUpdateId": call.now, **times, **sides})


def _levels(instrument: SimulatedInstrument, levels: list[Level]) -> list[list[str]]:
    return [
        [figures.price(instrument, ticks), figures.quantity(instrument, lots)]
        for ticks, lots in levels
    ]


SPOT = Depth(Exchange.BINANCE_SPOT, 100, 5000, {100: 5, 500: 25, 1000: 50, 5000: 250})
FUTURES = Depth(
    Exchange.BINANCE_FUTURES, 500, 1000, {50: 2, 100: 5, 500: 10, 1000: 20},
    frozenset({5, 10, 20, 50, 100, 500, 1000}),
)  # fmt: skip
MEXC = Depth(Exchange.MEXC_SPOT, 100, 5000, {5000: 3})
