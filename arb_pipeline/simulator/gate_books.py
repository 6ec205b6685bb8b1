"""Order books of Gate: pairs of texts on spot, objects on futures."""

from __future__ import annotations

from dataclasses import dataclass

from arb_pipeline.model import Exchange
from arb_pipeline.simulator import figures
from arb_pipeline.simulator.books import Level, book
from arb_pipeline.simulator.dialect import Asked, Call, Refused, Reply, World, dump, integer
from arb_pipeline.simulator.gate_candles import FUTURES as FUTURES_CANDLES
from arb_pipeline.simulator.gate_candles import SPOT as SPOT_CANDLES
from arb_pipeline.simulator.gate_candles import error
from arb_pipeline.simulator.instruments import SimulatedInstrument

_DEFAULT = 10


@dataclass(frozen=True, slots=True)
class Books:
    """How one market answers ``order_book``.

    Attributes:
        symbol: name of the parameter that holds the symbol.
        maximum: levels a request may ask for.
        unknown: refusal of a symbol that does not exist.
    """

    exchange: Exchange
    symbol: str
    maximum: int
    unknown: Reply

    def asked(self, call: Call) -> Asked:
        """What the request is about."""
        limit = integer(call.query.get("limit")) or _DEFAULT
        return Asked(self.exchange, call.query.get(self.symbol), limit=limit)

    def answer(self, world: World, call: Call) -> Reply:
        """The book."""
        found = world.listings.find(self.exchange, call.query.get(self.symbol, ""), call.now)
        if found is None:
            raise Refused(self.unknown)
        limit = integer(call.query.get("limit", str(_DEFAULT)))
        if limit is None or not 1 <= limit <= self.maximum:
            raise Refused(error("INVALID_PARAM_VALUE", f"Invalid limit: {call.query['limit']}"))
        bids: list[Level] = []
        asks: list[Level] = []
        if found.is_trading(call.now):
            both = book(world.spreads, found, call.now, limit)
            bids, asks = both.bids, both.asks
        number = {"id": call.now} if call.query.get("with_id") == "true" else {}
        # Milliseconds on spot, seconds with three decimals on futures.
        time = call.now / 1000 if found.is_futures else call.now
        exact = call.headers.get("X-Gate-Size-Decimal") == "1"
        return dump(
            {
                **number,
                "current": time,
                "update": time,
                "asks": _levels(found, asks, exact=exact),
                "bids": _levels(found, bids, exact=exact),
            }
        )


def _levels(instrument: SimulatedInstrument, levels: list[Level], *, exact: bool) -> list[object]:
    rows = [(figures.price(instrument, p), figures.quantity(instrument, q)) for p, q in levels]
    if not instrument.is_futures:
        return [list(row) for row in rows]
    # Contracts are sent as whole numbers, cut, to those who do not ask for exact sizes.
    return [{"p": p, "s": q if exact else int(q.partition(".")[0])} for p, q in rows]


SPOT = Books(Exchange.GATEIO_SPOT, "currency_pair", 1000, SPOT_CANDLES.unknown)
FUTURES = Books(Exchange.GATEIO_FUTURES, "contract", 300, FUTURES_CANDLES.unknown)
