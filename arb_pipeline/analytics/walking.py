"""How far two books reach: level by level, as long as one more unit is worth it.

What belongs here: taking levels. What does not: fees and funding (``arbitrage.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

from arb_pipeline.analytics.books import Level, Limits

_STEP = Decimal("1e-18")
_ZERO = Decimal(0)


def walk(
    asks: Sequence[Level],
    bids: Sequence[Level],
    *,
    price_factor: Decimal,
    worth_factor: Decimal,
    spent_factor: Decimal,
    limits: Limits,
) -> tuple[Decimal, Decimal, Decimal] | None:
    """Quantity, what it costs and what it brings, each in its own quote; None where none is.

    Args:
        asks: of the side to buy, best first, at least one.
        bids: of the side to sell, the same.
        price_factor: what a unit costs over its price, all counted.
        worth_factor: what a unit brings over its price, all counted, in the buying side's quote.
        spent_factor: what has to be paid at once over the price.
        limits: of the accounts.
    """
    quantity = cost = brought = _ZERO
    offers, takers = iter(asks), iter(bids)
    ask, bid = next(offers), next(takers)
    while not quantity or bid.price * worth_factor > ask.price * price_factor:
        wanted = taken = min(ask.quantity, bid.quantity)
        if limits.sellable is not None:
            taken = min(taken, limits.sellable - quantity)
        if limits.spendable is not None:
            left = limits.spendable - cost * spent_factor
            # Cut, so that never more is bought than can be paid.
            affordable = (left / (ask.price * spent_factor)).quantize(_STEP, rounding=ROUND_FLOOR)
            taken = min(taken, affordable)
        if taken <= 0:
            break
        quantity += taken
        cost += ask.price * taken
        brought += bid.price * taken
        if taken < wanted:
            break
        following = [
            level._replace(quantity=level.quantity - taken)
            if level.quantity > taken
            else next(others, None)
            for level, others in ((ask, offers), (bid, takers))
        ]
        if following[0] is None or following[1] is None:
            break
        ask, bid = following[0], following[1]
    return (quantity, cost, brought) if quantity else None
