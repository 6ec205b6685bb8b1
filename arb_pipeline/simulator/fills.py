"""What the accounts traded: own fills, by exchange and symbol.

What belongs here: fills as exact text, set by hand or taken from the market's trades. What does
not: how an exchange lists them (``own_trades.py``).
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import TypeAlias

from arb_pipeline.model import Exchange, Interval
from arb_pipeline.simulator import trades
from arb_pipeline.simulator.instruments import SimulatedInstrument

_EXACT = Context(prec=100)
_TAKER, _MAKER = Decimal("0.001"), Decimal("-0.0001")


@dataclass(frozen=True, slots=True)
class Fill:
    """One fill of an own order; numbers are the text the exchange sends.

    Attributes:
        number: the exchange's id of the trade, rising with time; who trades with himself has two
            fills of it, one a side.
        order: the exchange's id of the order.
        quantity: base units; contracts on Gate's futures.
        value: quote units.
        fee: in units of ``fee_asset``; negative is a rebate.
        sold: whether we sold.
        is_maker: whether our order waited in the book.
    """

    number: int
    time: int
    price: str
    quantity: str
    value: str
    order: int
    fee: str
    fee_asset: str
    sold: bool
    is_maker: bool


_Between: TypeAlias = Callable[[Exchange, str, int, int], tuple[Fill, ...]]


class Fills:
    """The fills of all accounts; none to begin with. Safe to use from several threads.

    Attributes:
        otherwise: the fills of a symbol none were set of, as ``between``.
    """

    def __init__(self) -> None:
        self.otherwise: _Between = lambda *_: ()
        self._fills: dict[tuple[Exchange, str], tuple[Fill, ...]] = {}
        self._lock = threading.Lock()

    def set(self, exchange: Exchange, exchange_symbol: str, fills: Iterable[Fill]) -> None:
        """Replace the fills of one symbol."""
        ordered = tuple(sorted(fills, key=lambda one: (one.time, one.number)))
        with self._lock:
            self._fills = {**self._fills, (exchange, exchange_symbol): ordered}

    def between(
        self, exchange: Exchange, exchange_symbol: str, first: int, last: int
    ) -> tuple[Fill, ...]:
        """The fills of ``[first, last]``, milliseconds, oldest first."""
        known = self._fills.get((exchange, exchange_symbol))
        if known is None:
            return self.otherwise(exchange, exchange_symbol, first, last)
        begin = bisect_left(known, first, key=lambda one: one.time)
        return known[begin : bisect_left(known, last + 1, key=lambda one: one.time)]


def sampled(instrument: SimulatedInstrument, interval: Interval, every: int) -> list[Fill]:
    """Every so many-th of the market's trades as a fill of ours: always the same ones.

    Some waited in the book and earn a rebate in the quote currency.
    """
    found = trades.between(instrument, interval.start, interval.end - 1, interval.end)
    size = Decimal(instrument.contract_size)
    fills = []
    for place, one in enumerate(found):
        if place % every:
            continue
        is_maker = one.number % 7 == 0
        value = _EXACT.multiply(Decimal(one.price), Decimal(one.quantity))
        value = _EXACT.multiply(value, size)
        fee = _EXACT.multiply(value, _MAKER if is_maker else _TAKER)
        quote = instrument.settle if instrument.is_futures else instrument.quote
        fills.append(
            Fill(
                number=one.number,
                time=one.time,
                price=one.price,
                quantity=one.quantity,
                value=format(value, "f"),
                order=one.number // 3,
                fee=format(fee, "f"),
                fee_asset=quote,
                sold=one.sold != is_maker,
                is_maker=is_maker,
            )
        )
    return fills
