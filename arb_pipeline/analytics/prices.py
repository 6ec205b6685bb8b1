"""What an asset is worth in another currency: the best way there over quoted pairs.

What belongs here: choosing between pairs, and multiplying along the way. What does not: which
quotes there are and how old they may be (whoever asks reads only those that are fresh enough).

The way is the pair of the two currencies, read from either side; only where no exchange quotes it,
it leads over one currency in between. Of several, the one nearest to where the asset lies is taken
(the same exchange, then the same company, then any other), of equally near ones that of the
smallest spread (all steps together; a last price, which has none, comes after every book), then the
freshest, measured by its older step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import TypeAlias

from arb_pipeline.model import Exchange

# Sums and products of what exchanges send are exact at this width; quotients are cut here.
MONEY = Context(prec=50, rounding=ROUND_HALF_EVEN)
ONE = Decimal(1)
_TWO = Decimal(2)


@dataclass(frozen=True, slots=True)
class Quote:
    """What one spot pair was worth at one instant.

    Attributes:
        exchange: where.
        base: unified code.
        quote: unified code.
        price: quote units per base unit, above zero.
        at: when, milliseconds.
        spread: between bid and ask as a fraction of the price; None: not from a book.
    """

    exchange: Exchange
    base: str
    quote: str
    price: Decimal
    at: int
    spread: Decimal | None = None

    @classmethod
    def of_book(
        cls, exchange: Exchange, base: str, quote: str, bid: Decimal, ask: Decimal, at: int
    ) -> Quote:
        """The mid of a best bid and ask."""
        middle = MONEY.divide(MONEY.add(bid, ask), _TWO)
        spread = MONEY.divide(MONEY.subtract(ask, bid), middle)
        return cls(exchange, base, quote, middle, at, spread)


@dataclass(frozen=True, slots=True)
class Priced:
    """A price and where it comes from.

    Attributes:
        price: units of the wanted currency per unit of the asset.
        route: the pairs, such as ``GT/BTC > BTC/USDT``; ``1/`` before one that was turned round,
            the exchange before one that is not of the asset's own.
        at: time of the oldest price on the way, milliseconds.
    """

    price: Decimal
    route: str
    at: int


@dataclass(frozen=True, slots=True)
class _Step:
    quote: Quote
    is_turned: bool

    @property
    def to(self) -> str:
        return self.quote.base if self.is_turned else self.quote.quote

    @property
    def rate(self) -> Decimal:
        return MONEY.divide(ONE, self.quote.price) if self.is_turned else self.quote.price

    def distance(self, home: Exchange) -> int:
        if self.quote.exchange is home:
            return 0
        return 1 if self.quote.exchange.company is home.company else 2

    def text(self, home: Exchange) -> str:
        where = "" if self.quote.exchange is home else f"{self.quote.exchange} "
        return f"{where}{'1/' if self.is_turned else ''}{self.quote.base}/{self.quote.quote}"


_Way: TypeAlias = tuple[_Step, ...]


class Board:
    """The quotes of one moment, found by the currencies they lead from."""

    def __init__(self, quotes: Iterable[Quote]) -> None:
        self._steps: dict[str, list[_Step]] = defaultdict(list)
        for one in quotes:
            self._steps[one.base].append(_Step(one, is_turned=False))
            self._steps[one.quote].append(_Step(one, is_turned=True))

    def price(self, asset: str, reference: str, home: Exchange) -> Priced | None:
        """What a unit of an asset at an exchange is worth; None where no way leads there.

        Args:
            asset: unified code; not the reference itself.
            reference: unified code of the wanted currency.
            home: where the asset lies.
        """
        direct: list[_Way] = [(step,) for step in self._between(asset, reference)]
        ways: list[_Way] = direct or [
            (first, second)
            for first in self._steps.get(asset, ())
            for second in self._between(first.to, reference)
        ]
        if not ways:
            return None
        best = min(ways, key=lambda way: _rank(way, home))
        price = ONE
        for step in best:
            price = MONEY.multiply(price, step.rate)
        route = " > ".join(step.text(home) for step in best)
        return Priced(price, route, min(step.quote.at for step in best))

    def _between(self, asset: str, reference: str) -> Iterator[_Step]:
        return (step for step in self._steps.get(asset, ()) if step.to == reference)


def _rank(way: _Way, home: Exchange) -> tuple[int, bool, Decimal, int, str]:
    spreads = [step.quote.spread for step in way]
    known = [spread for spread in spreads if spread is not None]
    return (
        max(step.distance(home) for step in way),
        len(known) < len(way),
        sum(known, Decimal(0)),
        -min(step.quote.at for step in way),
        " ".join(step.text(home) for step in way),
    )
