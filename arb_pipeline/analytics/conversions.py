"""What a quote currency is exchanged for, read from the books of pairs between such currencies.

What belongs here: choosing the book and the side. What does not: storing rates, and those people
enter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import ROUND_DOWN, Context, Decimal

from arb_pipeline.analytics.books import Book

# A rate may cost a profit, but never make one up.
_DOWN = Context(prec=18, rounding=ROUND_DOWN)


def conversions(
    books: Iterable[Book], currencies: Collection[str], *, at: int, stale_ms: int
) -> dict[tuple[str, str], tuple[Decimal, int]]:
    """By two currencies, units of the second got per unit of the first, and whose book says so.

    The book with the narrowest spread speaks for a pair; of equals the one with the lowest id. Its
    base is sold at the bid and bought at the ask, so that no rate is better than the market's, and
    one divided by the ask has 18 significant digits, rounded down. Fees of that exchange are not
    in it.

    Args:
        books: of a beat; stale or crossed ones, perpetuals and other pairs are passed over.
        currencies: those that are converted.
        at: the moment, milliseconds.
        stale_ms: a book older than this is not asked.
    """
    chosen: dict[frozenset[str], tuple[Decimal, Book]] = {}  # a pair is listed either way round
    for book in books:
        if book.is_perpetual or not {book.base, book.quote} <= set(currencies):
            continue
        if at - book.at > stale_ms or book.is_crossed or not book.bids or not book.asks:
            continue
        width = (book.asks[0].price - book.bids[0].price) / book.bids[0].price
        pair = frozenset((book.base, book.quote))
        known = chosen.get(pair)
        if known is None or (width, book.symbol_id) < (known[0], known[1].symbol_id):
            chosen[pair] = (width, book)
    rates: dict[tuple[str, str], tuple[Decimal, int]] = {}
    for _, book in chosen.values():
        rates[book.base, book.quote] = (book.bids[0].price, book.symbol_id)
        rates[book.quote, book.base] = (
            _DOWN.divide(Decimal(1), book.asks[0].price),
            book.symbol_id,
        )
    return rates
