"""Books for examples that are worked by hand; figures as text."""

from __future__ import annotations

from decimal import Decimal

from arb_pipeline.analytics.arbitrage import Opportunity, evaluate
from arb_pipeline.analytics.books import Book, Funding, Level, Limits

NOW = 1_767_225_605_000  # 2026-01-01 00:00:05
HOUR = 3_600_000

Sides = list[tuple[str, str]]


def levels(*offers: tuple[str, str]) -> list[Level]:
    return [Level(Decimal(price), Decimal(quantity)) for price, quantity in offers]


def book(
    number: int,
    bids: Sides | str = "99",
    asks: Sides | str = "100",
    *,
    exchange: int | None = None,
    base: str = "BTC",
    quote: str = "USDT",
    fee: str | None = "0",
    age_ms: int = 0,
    rate: str | None = None,
    due_hours: float = 8,
    perpetual: bool = False,
    step: str | None = None,
    fewest: str | None = None,
    least: str | None = None,
) -> Book:
    """The book of symbol ``number``; a price alone is offered once. With a rate, a perpetual."""
    both = [side if isinstance(side, list) else [(side, "1")] for side in (bids, asks)]
    funding = None
    if rate is not None:
        funding = Funding(Decimal(rate), NOW + round(due_hours * HOUR))
    return Book(
        number,
        number if exchange is None else exchange,
        base,
        quote,
        perpetual or rate is not None,
        NOW - age_ms,
        levels(*both[0]),
        levels(*both[1]),
        None if fee is None else Decimal(fee),
        funding,
        None if step is None else Decimal(step),
        None if fewest is None else Decimal(fewest),
        None if least is None else Decimal(least),
    )


def worked(
    buy: Book,
    sell: Book,
    *,
    conversion: str = "1",
    least: str = "0",
    transfer: str = "0",
    spendable: str | None = None,
    sellable: str | None = None,
) -> Opportunity:
    """The opportunity of a pair; there has to be one."""
    found = evaluate(
        buy,
        sell,
        at=NOW,
        conversion=Decimal(conversion),
        min_net_bps=Decimal(least),
        transfer=Decimal(transfer),
        limits=Limits(
            None if spendable is None else Decimal(spendable),
            None if sellable is None else Decimal(sellable),
        ),
    )
    assert isinstance(found, Opportunity), found
    return found


def figures(found: Opportunity, *names: str) -> list[str]:
    """Columns as plain text without trailing zeros."""
    return [format(getattr(found, name).normalize(), "f") for name in names]
