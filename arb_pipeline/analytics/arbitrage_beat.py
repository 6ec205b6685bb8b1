"""All pairs of one beat: which books and pairs are left out, and what the others leave.

What belongs here: pairing, leaving out and counting why. What does not: the arithmetic of a pair
(``arbitrage.py``), where books and rates come from.

Two books are a pair where they have the same base and are of different exchanges; spot and
perpetuals of one company are two exchanges. Different quotes are compared by a stored rate only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext

from arb_pipeline.analytics.arbitrage import Opportunity, Reason, evaluate
from arb_pipeline.analytics.books import EXACT, Book, Limits, Market

_ZERO, _ONE = Decimal(0), Decimal(1)


@dataclass(slots=True)
class Tally:
    """What one exchange's books were good for, buying there; columns of ``arbitrage_beats``."""

    book_count: int = 0
    stale_count: int = 0
    crossed_count: int = 0
    no_fee_count: int = 0
    alone_count: int = 0
    pair_count: int = 0
    no_conversion_count: int = 0
    no_funding_count: int = 0
    apart_count: int = 0
    no_balance_count: int = 0
    too_small_count: int = 0
    opportunity_count: int = 0
    best_net_bps: Decimal | None = None


@dataclass(slots=True)
class Beat:
    """What came of one beat: opportunities, and tallies by the id of the exchange to buy at."""

    opportunities: list[Opportunity] = field(default_factory=list)
    tallies: dict[int, Tally] = field(default_factory=lambda: defaultdict(Tally))


def opportunities(books: Iterable[Book], market: Market) -> Beat:
    """Everything that can be bought on one exchange and sold on another for more than it costs."""
    beat = Beat()
    groups: dict[str, list[_Side]] = defaultdict(list)
    with localcontext(EXACT):
        for book in books:
            if _is_usable(book, market, beat.tallies[book.exchange_id]):
                groups[book.base].append(_Side.of(book, market))
        for group in groups.values():
            most = max(side.most for side in group)
            alike = _are_alike(group, market)
            for buy in group:
                if alike and buy.least > most:
                    _count(buy, group, beat)
                else:
                    _pairs(buy, group, market, beat)
    return beat


def _are_alike(group: Sequence[_Side], market: Market) -> bool:
    """Whether every two of a group can be compared, without a look at any pair of them."""
    times = [side.book.at for side in group]
    return (
        len({side.book.quote for side in group}) == 1
        and max(times) - min(times) <= market.stale_ms
        and not any(side.lacks_funding for side in group)
    )


def _count(buy: _Side, group: Sequence[_Side], beat: Beat) -> None:
    """The pairs of a book of which none is worth a closer look."""
    exchange_id = buy.book.exchange_id
    pairs = sum(side.book.exchange_id != exchange_id for side in group)
    beat.tallies[exchange_id].pair_count += pairs
    beat.tallies[exchange_id].alone_count += not pairs


def _is_usable(book: Book, market: Market, tally: Tally) -> bool:
    tally.book_count += 1
    stale, crossed = market.at - book.at > market.stale_ms, book.is_crossed
    unpriced = book.fee is None
    if stale:
        tally.stale_count += 1
    elif crossed:
        tally.crossed_count += 1
    elif unpriced:
        tally.no_fee_count += 1
    return not (stale or crossed or unpriced)


@dataclass(frozen=True, slots=True)
class _Side:
    """A book with bounds that tell most pairs without profit from the rest by one comparison.

    Attributes:
        least: an ask may not cost less than this, with fee, funding and the least profit wanted.
        most: a bid may not bring more than this, in its own quote.
        lacks_funding: a perpetual whose funding is not known.
    """

    book: Book
    least: Decimal
    most: Decimal
    lacks_funding: bool

    @classmethod
    def of(cls, book: Book, market: Market) -> _Side:
        fee, rate = book.fee or _ZERO, book.funding.rate if book.funding else _ZERO
        wanted = market.min_net_bps / 10_000
        ask = book.asks[0].price if book.asks else Decimal("Infinity")
        bid = book.bids[0].price if book.bids else _ZERO
        return cls(
            book,
            ask * (1 + fee + min(rate, _ZERO) + wanted),
            bid * (1 - fee + max(rate, _ZERO)),
            book.is_perpetual and book.funding is None,
        )


def _pairs(buy: _Side, group: Sequence[_Side], market: Market, beat: Beat) -> None:
    own, tally = buy.book, beat.tallies[buy.book.exchange_id]
    pairs = 0
    for sell in group:
        other = sell.book
        if other.exchange_id == own.exchange_id:
            continue
        pairs += 1
        rate = _ONE
        if other.quote != own.quote:
            stored = market.conversions.get((other.quote, own.quote))
            if stored is None:
                tally.no_conversion_count += 1
                continue
            rate = stored
        if buy.lacks_funding or sell.lacks_funding:
            tally.no_funding_count += 1
        elif abs(own.at - other.at) > market.stale_ms:
            tally.apart_count += 1
        elif sell.most * rate >= buy.least:
            _evaluate(own, other, rate, market, beat)
    tally.pair_count += pairs
    tally.alone_count += not pairs


def _evaluate(buy: Book, sell: Book, rate: Decimal, market: Market, beat: Beat) -> None:
    both_spot = not buy.is_perpetual and not sell.is_perpetual
    found = evaluate(
        buy,
        sell,
        at=market.at,
        conversion=rate,
        min_net_bps=market.min_net_bps,
        transfer=market.transfers.get((buy.exchange_id, buy.base), _ZERO) if both_spot else _ZERO,
        limits=_limits(buy, sell, market.balances),
    )
    tally = beat.tallies[buy.exchange_id]
    if isinstance(found, Opportunity):
        beat.opportunities.append(found)
        tally.opportunity_count += 1
        best = tally.best_net_bps
        tally.best_net_bps = found.net_bps if best is None else max(best, found.net_bps)
    elif found is Reason.NO_BALANCE:
        tally.no_balance_count += 1
    elif found is Reason.TOO_SMALL:
        tally.too_small_count += 1


def _limits(
    buy: Book, sell: Book, balances: Mapping[tuple[int, str], Decimal] | None
) -> Limits | None:
    """Spot is paid with the quote and sold from the base; a perpetual is held without leverage."""
    if balances is None:
        return None
    sellable = balances.get((sell.exchange_id, sell.quote if sell.is_perpetual else sell.base))
    sellable = sellable or _ZERO
    if sell.is_perpetual and sell.bids:
        sellable = (sellable / sell.bids[0].price).quantize(Decimal("1e-18"), rounding="ROUND_DOWN")
    return Limits(balances.get((buy.exchange_id, buy.quote), _ZERO), sellable)
