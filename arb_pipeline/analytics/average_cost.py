"""What is held of one asset, what it cost on average, and what selling it earned.

What belongs here: the arithmetic of one position. What does not: what a fill does to which
positions (``ledger.py``).

Average cost: buying moves the average to the mean of what was held and what is added, weighted by
quantity; selling leaves it as it is; when nothing is left, the next purchase begins anew. The
average is a quotient and rounded to 50 significant digits, half to even, with each purchase; all
else is sums and products, exact below that width. Nothing is rounded further for storing.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from arb_pipeline.analytics.prices import MONEY

_ZERO = Decimal(0)


@dataclass(slots=True)
class Position:
    """One asset of one account, as far as fills explain it; money in the reference currency.

    Attributes:
        quantity: units of the asset; never below zero.
        average: cost per unit; None while nothing is held, or where a cost is unknown.
        realised: proceeds less average cost of what was sold.
        has_sold: whether any of it was sold out of what fills explain.
        sold_beyond: units sold that fills do not explain; what they earned is not known.
        why_unknown: why the average is not known.
        why_unrealised: why the profit of a sale is not known.
    """

    quantity: Decimal = _ZERO
    average: Decimal | None = None
    realised: Decimal = _ZERO
    has_sold: bool = False
    sold_beyond: Decimal = _ZERO
    why_unknown: str | None = None
    why_unrealised: str | None = None

    @property
    def realised_profit(self) -> Decimal | None:
        """Profit of what was sold out of what fills explain; None where it is not known."""
        only_beyond = bool(self.sold_beyond) and not self.has_sold
        return None if self.why_unrealised or only_beyond else self.realised

    def acquire(self, quantity: Decimal, cost: Decimal | None, why: str | None = None) -> None:
        """Add units.

        Args:
            quantity: zero or more.
            cost: of all of them, fees included; None where it is not known.
            why: why it is not known.
        """
        if not quantity:
            return
        held = MONEY.add(self.quantity, quantity)
        if cost is None:
            self.average, self.why_unknown = None, why
        elif not self.quantity:
            self.average = MONEY.divide(cost, quantity)
        elif self.average is not None:
            before = MONEY.multiply(self.quantity, self.average)
            self.average = MONEY.divide(MONEY.add(before, cost), held)
        self.quantity = held

    def dispose(self, quantity: Decimal, proceeds: Decimal | None, why: str | None = None) -> None:
        """Take units away, no more than there are: what is beyond was not bought by known fills.

        Args:
            quantity: zero or more.
            proceeds: for all of them, less fees; None where they are not known.
            why: why they are not known.
        """
        sold = min(quantity, self.quantity)
        self.sold_beyond = MONEY.add(self.sold_beyond, MONEY.subtract(quantity, sold))
        if not sold:
            return
        self.has_sold = True
        if proceeds is None or self.average is None:
            self.why_unrealised = why if proceeds is None else self.why_unknown
        else:
            if sold != quantity:
                proceeds = MONEY.divide(MONEY.multiply(proceeds, sold), quantity)
            cost = MONEY.multiply(sold, self.average)
            self.realised = MONEY.add(self.realised, MONEY.subtract(proceeds, cost))
        self.quantity = MONEY.subtract(self.quantity, sold)
        if not self.quantity:
            self.average = self.why_unknown = None
