"""What an account's assets are worth, and what they earned: one item per asset.

What belongs here: putting balances, positions and prices together. What does not: how positions
come about (``ledger.py``) and which price is taken (``prices.py``).

What is not known is None, never zero, and the item says why. Profit is that of what fills explain:
deposits and what was bought before the fills begin have no price. What fills do not explain is the
balance less the position: negative where more was bought than is held (withdrawn, moved).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from arb_pipeline.analytics.average_cost import Position
from arb_pipeline.analytics.prices import MONEY, ONE, Board, Priced
from arb_pipeline.model import Exchange

_ZERO, _HUNDRED = Decimal(0), Decimal(100)


@dataclass(frozen=True, slots=True)
class Held:
    """What an account holds of one asset.

    Attributes:
        asset: as the exchange names it.
        code: unified.
        quantity: free and bound together, units of the asset.
        at: when the account was read, milliseconds.
        owed: borrowed and not yet given back, units of the asset; part of ``quantity``.
    """

    asset: str
    code: str
    quantity: Decimal
    at: int
    owed: Decimal = _ZERO


@dataclass(frozen=True, slots=True)
class Item:
    """One asset of a portfolio; the fields are columns of ``portfolio_items``."""

    asset_name: str
    quantity: Decimal
    unexplained_quantity: Decimal | None
    current_price: Decimal | None
    price_route: str | None
    priced_at: int | None
    average_entry_price: Decimal | None
    value: Decimal | None
    unrealised_profit: Decimal | None
    unrealised_profit_percent: Decimal | None
    realised_profit: Decimal | None
    balance_at: int
    note: str | None


def items(
    held: Iterable[Held],
    positions: Mapping[str, Position],
    doubts: Mapping[str, str],
    board: Board,
    reference: str,
    home: Exchange,
    *,
    read_at: int,
) -> list[Item]:
    """The portfolio of one account, by asset.

    What was traded and is no longer held has an item too, for the profit it realised.

    Args:
        held: what is held.
        positions: what fills explain, by code.
        doubts: by code, why the fills known of it cannot be relied on.
        board: the prices of the moment.
        reference: code of the currency everything is valued in.
        home: whose account.
        read_at: when the account was read, milliseconds.
    """
    wallet = sorted(held, key=lambda one: one.asset)
    shared = Counter(one.code for one in wallet)
    found = []
    for one in wallet:
        doubt = doubts.get(one.code)
        if shared[one.code] > 1:
            doubt = f"{shared[one.code]} assets of this account are all called {one.code}"
        price = None if one.code == reference else board.price(one.code, reference, home)
        position = positions.get(one.code, Position())
        found.append(_item(one, position, doubt, price, reference))
    for code in sorted(positions.keys() - shared.keys()):
        gone = Held(code, code, _ZERO, read_at)
        price = None if code == reference else board.price(code, reference, home)
        found.append(_item(gone, positions[code], doubts.get(code), price, reference))
    return found


def _item(
    held: Held, position: Position, doubt: str | None, priced: Priced | None, reference: str
) -> Item:
    is_reference = held.code == reference
    price = ONE if is_reference else priced.price if priced else None
    notes = []
    if price is None and held.quantity:
        notes.append(f"no fresh price leads from {held.code} to {reference}")
    if held.owed:
        notes.append(f"{held.owed:f} of it is borrowed")
    unexplained = average = unrealised = percent = realised = None
    if doubt:
        notes.append(doubt)
    else:
        unexplained = MONEY.subtract(held.quantity, position.quantity)
        average, realised = position.average, position.realised_profit
        explained = min(held.quantity, position.quantity)
        unrealised, percent = _profit(explained, average, price)
        if not position.quantity and not position.has_sold and not position.sold_beyond:
            realised = None  # without fills
        notes += _notes(unexplained, position, is_reference=is_reference)
    if is_reference:  # a unit of it costs and is worth 1, wherever it came from
        average, unrealised, percent, realised = ONE, _ZERO, _ZERO, _ZERO
    return Item(
        asset_name=held.asset,
        quantity=held.quantity,
        unexplained_quantity=unexplained,
        current_price=price,
        price_route=priced.route if priced else None,
        priced_at=priced.at if priced else None,
        average_entry_price=average,
        value=_value(held.quantity, price),
        unrealised_profit=unrealised,
        unrealised_profit_percent=percent,
        realised_profit=realised,
        balance_at=held.at,
        note="; ".join(notes) or None,
    )


def _value(quantity: Decimal, price: Decimal | None) -> Decimal | None:
    if not quantity:
        return _ZERO  # whatever it is worth
    return None if price is None else MONEY.multiply(quantity, price)


def _profit(
    explained: Decimal, average: Decimal | None, price: Decimal | None
) -> tuple[Decimal | None, Decimal | None]:
    """Unrealised profit of what is held and explained by fills, and percent of its cost."""
    if average is None or price is None or not explained:
        return None, None
    cost = MONEY.multiply(explained, average)
    profit = MONEY.subtract(MONEY.multiply(explained, price), cost)
    if not cost:
        return profit, None
    return profit, MONEY.divide(MONEY.multiply(profit, _HUNDRED), cost)


def _notes(unexplained: Decimal, position: Position, *, is_reference: bool) -> Sequence[str]:
    notes = []
    if unexplained > 0:
        without = "" if is_reference else ", without an entry price"
        notes.append(f"{unexplained:f} not explained by fills (deposited, moved or older){without}")
    elif unexplained < 0:
        notes.append(f"{-unexplained:f} that fills bought is not held (withdrawn or moved)")
    if is_reference:
        return notes
    if position.why_unknown:
        notes.append(f"average unknown: {position.why_unknown}")
    if position.why_unrealised:
        notes.append(f"realised profit unknown: {position.why_unrealised}")
    if position.sold_beyond:
        notes.append(
            f"{position.sold_beyond:f} sold that fills do not explain is in no realised profit"
        )
    return notes
