"""What opportunities are computed from: books, fees and funding, in one unit.

What belongs here: the values and their units. What does not: computing with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import NamedTuple

# Holds any sum and product of what exchanges send.
EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)


class Level(NamedTuple):
    """A price in quote units per base unit, and what is offered there in base units."""

    price: Decimal
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Funding:
    """A perpetual's next payment: the fraction longs pay to shorts, and when, milliseconds."""

    rate: Decimal
    time: int


@dataclass(frozen=True, slots=True)
class Book:
    """What can be bought and sold of one symbol.

    Attributes:
        at: when it stood so, milliseconds: the older of the exchange's time and receipt.
        bids: best first; one level, or as many as are known.
        asks: best first.
        fee: taker fee, a fraction of the value; None where it is not known.
        funding: of a perpetual; None where it is not known.
        step: quantities of orders are whole numbers of it, base units; None where it is not known.
        min_quantity: of an order, base units; None where it is not known.
        min_value: of an order, quote units; None where it is not known.
    """

    symbol_id: int
    exchange_id: int
    base: str
    quote: str
    is_perpetual: bool
    at: int
    bids: Sequence[Level]
    asks: Sequence[Level]
    fee: Decimal | None = None
    funding: Funding | None = None
    step: Decimal | None = None
    min_quantity: Decimal | None = None
    min_value: Decimal | None = None

    @property
    def is_crossed(self) -> bool:
        """Whether the best bid is not below the best ask."""
        return bool(self.bids and self.asks and self.bids[0].price >= self.asks[0].price)


@dataclass(frozen=True, slots=True)
class Limits:
    """What the accounts allow: quote units to spend (fee included), base units to sell."""

    spendable: Decimal | None = None
    sellable: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Market:
    """What stands beside the books at a moment.

    Attributes:
        at: milliseconds.
        stale_ms: a book older than this at ``at`` is left out, and so is a pair of books that are
            farther apart.
        min_net_bps: less than this is no opportunity.
        conversions: units of the second currency got per unit of the first.
        transfers: cost of taking a base off an exchange, base units, by ``exchange_id`` and base;
            asked for where spot is bought to be sold as spot elsewhere.
        balances: what accounts have to spend, by ``exchange_id`` and asset, with what is missing
            being zero; None: they limit nothing.
    """

    at: int
    stale_ms: int
    min_net_bps: Decimal = Decimal(0)
    conversions: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    transfers: Mapping[tuple[int, str], Decimal] = field(default_factory=dict)
    balances: Mapping[tuple[int, str], Decimal] | None = None


def levels(offers: Iterable[tuple[Decimal, Decimal]], contract_size: Decimal) -> tuple[Level, ...]:
    """Prices and quantities as the exchange sends them, in base units; nothing that is empty."""
    return tuple(
        Level(price, EXACT.multiply(quantity, contract_size))
        for price, quantity in offers
        if quantity > 0
    )
