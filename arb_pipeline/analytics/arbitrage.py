"""One pair of books: what buying in one and selling in the other leaves, after all costs.

What belongs here: the arithmetic of a single pair. What does not: which pairs there are and what is
left out (``arbitrage_beat.py``), how long an opportunity lasts (``arbitrage_lasting.py``).

Quantities are base units: a perpetual's contracts times its contract size. With ``q`` bought and
sold, ``c`` quote units of the buying side per quote unit of the selling side, fees ``f`` and
funding rates ``r`` as fractions:

    cost       = Σ ask × q                 proceeds = Σ bid × q × c
    fees       = cost × f_buy + proceeds × f_sell
    funding    = proceeds × r_sell - cost × r_buy      longs pay a positive rate, shorts receive it
    net_profit = proceeds - cost - fees + funding - transfer cost
    net_bps    = net_profit / cost × 10,000

Funding is that of the next payment of either perpetual, once, on the value traded at; a payment of
the other one that is due later is not counted, and neither is one that has passed. Levels are
taken as long as one more unit is worth it; the best ones always, so that the threshold decides.
A sale on spot needs holdings of the base, one of a perpetual does not.

Rounding: everything is computed with 60 digits, which holds any sum and product of what exchanges
send exactly. Kept of it are average prices with 28 significant digits and basis points with 8
decimals (half to even), and profits with 18 decimals, rounded down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal, localcontext
from enum import Enum, auto

from arb_pipeline.analytics.books import EXACT, Book, Level, Limits

_AVERAGE = Context(prec=28, rounding=ROUND_HALF_EVEN)
_BPS_STEP, _STEP = Decimal("1e-8"), Decimal("1e-18")
_ZERO, _ONE = Decimal(0), Decimal(1)
_MINUTE_MS = 60_000


class Reason(Enum):
    """Why there is no opportunity in a pair."""

    EMPTY = auto()
    NO_PROFIT = auto()
    NO_BALANCE = auto()


@dataclass(frozen=True, slots=True)
class Opportunity:
    """Columns of ``arbitrage_opportunities``, as there; money in quote units of the buying side."""

    kind: str
    symbol_id: int
    buy_exchange_id: int
    sell_symbol_id: int
    sell_exchange_id: int
    buy_price: Decimal
    sell_price: Decimal
    quantity: Decimal
    conversion_rate: Decimal
    spread_bps: Decimal
    fee_bps: Decimal
    funding_bps: Decimal
    transfer_cost: Decimal
    net_bps: Decimal
    net_profit: Decimal


def funding_due(buy: Book, sell: Book, at: int) -> tuple[Decimal, Decimal]:
    """Rates of the side to buy and of the side to sell that are paid next; 0 where none is."""
    ahead = [one.funding for one in (buy, sell) if one.funding and one.funding.time > at]
    # Two exchanges may write the same full hour some milliseconds apart.
    due = min((funding.time // _MINUTE_MS for funding in ahead), default=None)
    paid, received = (
        one.funding.rate if one.funding and one.funding.time // _MINUTE_MS == due else _ZERO
        for one in (buy, sell)
    )
    return paid, received


def evaluate(
    buy: Book,
    sell: Book,
    *,
    at: int,
    conversion: Decimal = _ONE,
    min_net_bps: Decimal = _ZERO,
    transfer: Decimal = _ZERO,
    limits: Limits | None = None,
) -> Opportunity | Reason:
    """What is left of buying at the asks of ``buy`` and selling at the bids of ``sell``.

    Args:
        buy: not crossed, its fee and, of a perpetual, its funding known.
        sell: the same, of another exchange.
        at: the moment, milliseconds.
        conversion: quote units of ``buy`` per quote unit of ``sell``.
        min_net_bps: less than this is no opportunity.
        transfer: what moving the purchase costs however large it is, base units.
        limits: of the accounts; None is none.
    """
    if not buy.asks or not sell.bids:
        return Reason.EMPTY
    buy_fee, sell_fee = buy.fee or _ZERO, sell.fee or _ZERO
    paid, received = funding_due(buy, sell, at)
    with localcontext(EXACT):
        walked = _walk(
            buy.asks,
            sell.bids,
            price_factor=1 + buy_fee + paid,
            worth_factor=conversion * (1 - sell_fee + received),
            spent_factor=1 + buy_fee,
            limits=limits or Limits(),
        )
        if walked is None:
            return Reason.NO_BALANCE
        quantity, cost, brought = walked
        proceeds = brought * conversion
        fees = cost * buy_fee + proceeds * sell_fee
        funding = proceeds * received - cost * paid
        moving = transfer * cost / quantity
        net = proceeds - cost - fees + funding - moving
        if net * 10_000 < cost * min_net_bps:
            return Reason.NO_PROFIT
        spread_bps, fee_bps, funding_bps, net_bps = (
            (money * 10_000 / cost).quantize(_BPS_STEP)
            for money in (proceeds - cost, fees, funding, net)
        )
        net_profit = net.quantize(_STEP, rounding=ROUND_FLOOR)
    return Opportunity(
        kind="_".join("perpetual" if book.is_perpetual else "spot" for book in (buy, sell)),
        symbol_id=buy.symbol_id,
        buy_exchange_id=buy.exchange_id,
        sell_symbol_id=sell.symbol_id,
        sell_exchange_id=sell.exchange_id,
        buy_price=_AVERAGE.divide(cost, quantity),
        sell_price=_AVERAGE.divide(brought, quantity),
        quantity=quantity,
        conversion_rate=conversion,
        spread_bps=spread_bps,
        fee_bps=fee_bps,
        funding_bps=funding_bps,
        transfer_cost=_AVERAGE.plus(moving),
        net_bps=net_bps,
        net_profit=net_profit,
    )


def _walk(
    asks: Sequence[Level],
    bids: Sequence[Level],
    *,
    price_factor: Decimal,
    worth_factor: Decimal,
    spent_factor: Decimal,
    limits: Limits,
) -> tuple[Decimal, Decimal, Decimal] | None:
    """Quantity, what it costs and what it brings, each in its own quote; None where none is."""
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
