"""Trades and settled funding in Gate's dialect; times are in seconds, the newest row is first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TypeVar

from arb_pipeline.model import DAY_MS, Exchange, Interval
from arb_pipeline.simulator import figures, trades
from arb_pipeline.simulator.dialect import Asked, Call, Refused, Reply, World, dump, integer
from arb_pipeline.simulator.funding import settled
from arb_pipeline.simulator.gate_candles import FUTURES, SPOT, error
from arb_pipeline.simulator.instruments import SimulatedInstrument
from arb_pipeline.simulator.trades import Print

# Older trades are not served, and not refused either.
HORIZON_MS = 30 * DAY_MS
_NAMES = {Exchange.GATEIO_SPOT: "currency_pair", Exchange.GATEIO_FUTURES: "contract"}
T = TypeVar("T")


def asked_of(exchange: Exchange, call: Call) -> Asked:
    """What a request with ``from`` and ``to`` is about."""
    query = call.query
    start, end = _milliseconds(call, "from"), _milliseconds(call, "to")
    window = None if start is None or end is None else Interval(start, end + 1)
    limit = integer(query.get("limit"))
    return Asked(exchange, query.get(_NAMES[exchange]), None, start, end, limit, window)


def spot_asked(call: Call) -> Asked:
    """What a request of spot is about."""
    return asked_of(Exchange.GATEIO_SPOT, call)


def futures_asked(call: Call) -> Asked:
    """What a request of futures is about."""
    return asked_of(Exchange.GATEIO_FUTURES, call)


def spot(world: World, call: Call) -> Reply:
    """``/spot/trades``, paged by ``page``."""
    instrument = found(world, call, Exchange.GATEIO_SPOT)
    page = max(1, integer(call.query.get("page")) or 1)
    rows = paged(call, _window(instrument, call), (page - 1) * limit_of(call))
    return dump(
        [
            {
                "id": str(one.number),
                "create_time": str(one.time // 1000),
                "create_time_ms": f"{one.time}.{one.number % 1000:03}000",
                "currency_pair": instrument.id,
                "side": "sell" if one.sold else "buy",
                "amount": one.quantity,
                "price": one.price,
                "sequence_id": str(one.number),
            }
            for one in rows
        ]
    )


def futures(world: World, call: Call) -> Reply:
    """``/futures/usdt/trades``, paged by ``offset``; what is sold has a negative size."""
    instrument = found(world, call, Exchange.GATEIO_FUTURES)
    rows = paged(call, _window(instrument, call), integer(call.query.get("offset")) or 0)
    return dump(
        [
            {
                "id": one.number,
                "create_time": one.time // 1000,
                "create_time_ms": figures.text(one.time, 3),
                "contract": instrument.id,
                "size": size(call, one.quantity, sold=one.sold),
                "price": one.price,
            }
            for one in rows
        ]
    )


def funding(world: World, call: Call) -> Reply:
    """``/futures/usdt/funding_rate``."""
    instrument = found(world, call, Exchange.GATEIO_FUTURES)
    start, end = _range(call)
    rows = settled(instrument, start, end)
    wanted = rows[::-1][: limit_of(call)]
    return dump([{"t": time // 1000, "r": rate} for time, rate in wanted])


def size(call: Call, quantity: str, *, sold: bool) -> str | int:
    """A signed number of contracts; text for clients that ask for exact sizes."""
    signed = f"-{quantity}" if sold else quantity
    exact = call.headers.get("X-Gate-Size-Decimal") == "1"
    return signed if exact else int(signed.partition(".")[0])


def found(world: World, call: Call, exchange: Exchange) -> SimulatedInstrument:
    """The instrument a request names.

    Raises:
        Refused: there is none.
    """
    name = call.query.get(_NAMES[exchange], "")
    instrument = world.listings.find(exchange, name, call.now)
    if instrument is None:
        raise Refused((SPOT if exchange is Exchange.GATEIO_SPOT else FUTURES).unknown)
    return instrument


def paged(call: Call, rows: Iterator[T], skipped: int) -> list[T]:
    """One page of ``rows``, which begin with the newest."""
    return list(islice(rows, skipped, skipped + limit_of(call)))


def limit_of(call: Call) -> int:
    """Rows of a page.

    Raises:
        Refused: more than 1000 are wanted.
    """
    limit = integer(call.query.get("limit")) if "limit" in call.query else 100
    if limit is None or not 1 <= limit <= 1000:
        raise Refused(error("INVALID_PARAM_VALUE", "Invalid limit: 1 to 1000"))
    return limit


def _window(instrument: SimulatedInstrument, call: Call) -> Iterator[Print]:
    start, end = _range(call)
    start = max(start, call.now - HORIZON_MS)
    return trades.between(instrument, start, end, call.now, newest=True)


def _range(call: Call) -> tuple[int, int]:
    """Both ends included; a second ends where it begins."""
    start, end = _milliseconds(call, "from"), _milliseconds(call, "to")
    return start or 0, call.now if end is None else min(end, call.now)


def _milliseconds(call: Call, name: str) -> int | None:
    seconds = integer(call.query.get(name))
    return None if seconds is None else seconds * 1000
