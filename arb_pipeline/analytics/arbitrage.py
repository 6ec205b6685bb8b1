"""One pair of books: what buying in one and selling in the other leaves, after all costs.

What belongs here: the arithmetic of a single pair. What does not: how far two books reach
(``walking.py``), which pairs there are and what is left out (``arbitrage_beat.py``), how long an
opportunity lasts (``arbitrage_lasting.py``).

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
A sale on spot needs holdings of the base, one of a perpetual does not. What is left is rounded down
to what can be ordered on both sides, contracts to whole ones, and everything is computed of that;
where it is no order at all, or of less quantity or value than one may have, there is no
opportunity.

Rounding: everything is computed with 60 digits, which holds any sum and product of what exchanges
send exactly. Kept of it are average prices with 28 significant digits and basis points with 8
decimals (half to even), and profits with 18 decimals, rounded down.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal, localcontext
from enum import Enum, auto
from functools import partial

from arb_pipeline.analytics.books import EXACT, Book, Limits
from arb_pipeline.analytics.lots import common_step, whole_lots
from arb_pipeline.analytics.walking import walk

_AVERAGE = Context(prec=28, rounding=ROUND_HALF_EVEN)
_BPS_STEP, _STEP = Decimal("1e-8"), Decimal("1e-18")
_ZERO, _ONE = Decimal(0), Decimal(1)
_MINUTE_MS = 60_000


class Reason(Enum):
    """Why there is no opportunity in a pair."""

    EMPTY = auto()
    NO_PROFIT = auto()
    NO_BALANCE = auto()
    TOO_SMALL = auto()


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
        reach = partial(
            walk,
            buy.asks,
            sell.bids,
            price_factor=1 + buy_fee + paid,
            worth_factor=conversion * (1 - sell_fee + received),
            spent_factor=1 + buy_fee,
        )
        limits = limits or Limits()
        walked = reach(limits=limits)
        if walked is None:
            return Reason.NO_BALANCE
        whole = whole_lots(walked[0], common_step(buy.step, sell.step))
        if whole != walked[0]:
            walked = reach(limits=replace(limits, sellable=whole))
            if walked is None:
                return Reason.TOO_SMALL
        quantity, cost, brought = walked
        proceeds = brought * conversion
        fees = cost * buy_fee + proceeds * sell_fee
        funding = proceeds * received - cost * paid
        moving = transfer * cost / quantity
        net = proceeds - cost - fees + funding - moving
        if net * 10_000 < cost * min_net_bps:
            return Reason.NO_PROFIT
        if any(
            quantity < (book.min_quantity or _ZERO) or value < (book.min_value or _ZERO)
            for book, value in ((buy, cost), (sell, brought))
        ):
            return Reason.TOO_SMALL
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
