"""Quantities that can be ordered: whole lots of two symbols at once.

What belongs here: steps of quantities, base units. What does not: what is earned with them.
"""

from __future__ import annotations

import math
from decimal import Decimal

from arb_pipeline.analytics.books import EXACT

_ZERO = Decimal(0)


def common_step(*steps: Decimal | None) -> Decimal | None:
    """The smallest quantity that is a whole number of each step; None where none is known."""
    known = [step for step in steps if step is not None]
    if not known:
        return None
    exponents = [step.as_tuple().exponent for step in known]
    finest = min(exponent for exponent in exponents if isinstance(exponent, int))
    whole = math.lcm(*(int(step.scaleb(-finest, EXACT)) for step in known))
    return Decimal(whole).scaleb(finest, EXACT)


def whole_lots(quantity: Decimal, step: Decimal | None) -> Decimal:
    """The largest quantity not above this one that is a whole number of steps; zero: not one."""
    if step is None:
        return quantity
    return EXACT.subtract(quantity, EXACT.remainder(quantity, step)) if quantity >= step else _ZERO
