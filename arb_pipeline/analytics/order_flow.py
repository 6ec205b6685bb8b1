"""Pressure of orders and trades in a window of time, per symbol.

What belongs here: the formulas, and which books make up a window. What does not: reading them.

Order-flow imbalance (R. Cont, A. Kukanov, S. Stoikov, "The Price Impact of Order Book Events",
Journal of Financial Econometrics 12 (2014) 47-88, section 2.2): between two books one after the
other, with best prices P and the quantities q there, of bid b and ask a,

    e_n = 1{Pb_n >= Pb_n-1} qb_n - 1{Pb_n <= Pb_n-1} qb_n-1
        - 1{Pa_n <= Pa_n-1} qa_n + 1{Pa_n >= Pa_n-1} qa_n-1

and the imbalance of a window is the sum of e_n over its books. Positive: more was bid, or less was
offered. The paper takes every change of the book; here books are samples, and e_n is that of the
change from one sample to the next.

Microprice (S. Stoikov, "The micro-price: a high-frequency estimator of future prices", Quantitative
Finance 18 (2018) 1959-1966): what is computed is its first order, the mid weighted by size,
(Pb qa + Pa qb) / (qa + qb) of the last book of the window, not the corrected limit of the paper.

Volume imbalance: (bought - sold) / (bought + sold) volume by the side of the taker, from -1 to 1.

Quotients have 50 significant digits, half to even; all else is exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from arb_pipeline.analytics.prices import MONEY
from arb_pipeline.model import Interval

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Top:
    """Best bid and ask of one sample; quantities in the exchange's unit, time in milliseconds."""

    at: int
    bid_price: Decimal
    bid_quantity: Decimal
    ask_price: Decimal
    ask_quantity: Decimal


@dataclass(frozen=True, slots=True)
class BookFlow:
    """What the books of one window say; None is unknown.

    Attributes:
        window: half-open.
        book_count: books that lie in it.
        imbalance: order-flow imbalance, in the unit of the books' quantities.
        microprice: of its last book.
    """

    window: Interval
    book_count: int
    imbalance: Decimal | None
    microprice: Decimal | None


def change(before: Top, after: Top) -> Decimal:
    """Order-flow imbalance e_n between two books one after the other."""
    flow = _ZERO
    if after.bid_price >= before.bid_price:
        flow = MONEY.add(flow, after.bid_quantity)
    if after.bid_price <= before.bid_price:
        flow = MONEY.subtract(flow, before.bid_quantity)
    if after.ask_price <= before.ask_price:
        flow = MONEY.subtract(flow, after.ask_quantity)
    if after.ask_price >= before.ask_price:
        flow = MONEY.add(flow, before.ask_quantity)
    return flow


def microprice(book: Top) -> Decimal | None:
    """The mid weighted by the opposite side's quantity; None where nothing is bid or offered."""
    both = MONEY.add(book.bid_quantity, book.ask_quantity)
    if not both:
        return None
    weighted = MONEY.add(
        MONEY.multiply(book.bid_price, book.ask_quantity),
        MONEY.multiply(book.ask_price, book.bid_quantity),
    )
    return MONEY.divide(weighted, both)


def volume_imbalance(bought: Decimal, sold: Decimal) -> Decimal | None:
    """Of takers' volume, -1 (all sold) to 1 (all bought); None where nothing was traded."""
    both = MONEY.add(bought, sold)
    return MONEY.divide(MONEY.subtract(bought, sold), both) if both else None


def book_flows(
    books: Sequence[Top], span: Interval, length_ms: int, gap_ms: int
) -> Iterator[BookFlow]:
    """The windows of a span, one after the other, with what the books of one symbol say.

    A window's imbalance leads from the last book before it to its own last one, so that those of
    neighbouring windows add up. It is known where no two of these books, and neither end of the
    window and the book before it, lie further apart than ``gap_ms``; the microprice where the last
    book lies that near to the end.

    Args:
        books: oldest first, none crossed; those shortly before the span among them.
        span: a whole number of windows.
        length_ms: of a window.
        gap_ms: longest time without a book.
    """
    place = 0
    before: Top | None = None
    for start in range(span.start, span.end, length_ms):
        window = Interval(start, start + length_ms)
        while place < len(books) and books[place].at < start:
            before = books[place]
            place += 1
        first = place
        while place < len(books) and books[place].at < window.end:
            place += 1
        inside = books[first:place]
        last_is_near = bool(inside) and window.end - inside[-1].at <= gap_ms
        yield BookFlow(
            window,
            len(inside),
            _imbalance(before, inside, start, gap_ms) if last_is_near else None,
            microprice(inside[-1]) if last_is_near else None,
        )
        before = inside[-1] if inside else before


def _imbalance(
    before: Top | None, inside: Sequence[Top], start: int, gap_ms: int
) -> Decimal | None:
    if before is None or start - before.at > gap_ms:
        return None
    total = _ZERO
    for one, following in pairwise([before, *inside]):
        if following.at - one.at > gap_ms:
            return None
        total = MONEY.add(total, change(one, following))
    return total
