"""The books of one account: what each of its fills did to which assets.

What belongs here: spot fills. What does not: perpetuals. What is bought there is a position, not an
asset: it enters no average, and what it earns or costs reaches a wallet of margin as an amount that
fills do not explain.

A fill changes two assets, and a third where the fee is paid in one. All money is in the reference
currency, by the price of the moment of the fill: of the quote currency, of what was traded; of the
fee's, of the fee.

- A purchase costs what was paid in quote units, plus a fee in quote units or in a third asset. A
  fee in units of what was bought makes it less that was acquired, for the same cost.
- A sale brings what was got in quote units, less a fee in quote units or in a third asset. A fee in
  units of what was sold is sold with it, for nothing.
- Quote units are themselves sold by a purchase and bought by a sale, at their price then; a fee in
  a third asset sells that asset, at its price then. A negative fee is a rebate: all the reverse.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from arb_pipeline.analytics.average_cost import Position
from arb_pipeline.analytics.prices import MONEY, ONE
from arb_pipeline.model import iso

_ZERO = Decimal(0)
# What a unit of a currency was worth at an instant, reference currency; None: not known.
Worth = Callable[[str, int], Decimal | None]


@dataclass(frozen=True, slots=True)
class Fill:
    """One own fill on spot; currencies by unified code.

    Attributes:
        at: milliseconds.
        is_sale: whether we sold.
        price: quote units per base unit.
        quantity: base units.
        value: quote units; None: price times quantity.
        fee: units of ``fee_asset``; negative is a rebate; None is unknown.
    """

    at: int
    base: str
    quote: str
    is_sale: bool
    price: Decimal
    quantity: Decimal
    value: Decimal | None = None
    fee: Decimal | None = _ZERO
    fee_asset: str | None = None


class Ledger:
    """Positions by asset, built up fill by fill in the order of time."""

    def __init__(
        self, reference: str, worth: Worth, positions: dict[str, Position] | None = None
    ) -> None:
        """Begin, or go on.

        Args:
            reference: the currency all money is in.
            worth: what currencies were worth when the fills to come were made.
            positions: those of all fills before; they are changed.
        """
        self.reference = reference
        self.positions = {} if positions is None else positions
        self._worth = worth

    def add(self, fill: Fill) -> None:
        """Book one fill."""
        fees = dict.fromkeys((fill.base, fill.quote), _ZERO)
        extra, why = self._fee(fill, fees)
        value = MONEY.multiply(fill.price, fill.quantity) if fill.value is None else fill.value
        if fill.is_sale:
            given = _at_least_zero(MONEY.add(fill.quantity, fees[fill.base]))
            got = _at_least_zero(MONEY.subtract(value, fees[fill.quote]))
            money, unpriced = self._value(fill.quote, got, fill.at)
            net = _combined(MONEY.subtract, money, extra)
            self._of(fill.base).dispose(given, net, unpriced or why)
            self._of(fill.quote).acquire(got, money, unpriced)
        else:
            got = _at_least_zero(MONEY.subtract(fill.quantity, fees[fill.base]))
            given = _at_least_zero(MONEY.add(value, fees[fill.quote]))
            money, unpriced = self._value(fill.quote, given, fill.at)
            gross = _combined(MONEY.add, money, extra)
            self._of(fill.base).acquire(got, gross, unpriced or why)
            self._of(fill.quote).dispose(given, money, unpriced)

    def _of(self, asset: str) -> Position:
        return self.positions.setdefault(asset, Position())

    def _fee(self, fill: Fill, fees: dict[str, Decimal]) -> tuple[Decimal | None, str | None]:
        """Enter a fee in base or quote units into ``fees``; book one in a third asset.

        Returns:
            What a fee in a third asset was worth, and why that is not known.
        """
        if fill.fee is not None and not fill.fee:
            return _ZERO, None
        if fill.fee is None or fill.fee_asset is None:
            return None, f"the fee of a fill of {iso(fill.at)} is not known"
        if fill.fee_asset in fees:
            fees[fill.fee_asset] = fill.fee
            return _ZERO, None
        money, why = self._value(fill.fee_asset, fill.fee, fill.at)
        third = self._of(fill.fee_asset)
        if fill.fee > 0:
            third.dispose(fill.fee, money, why)
        else:
            third.acquire(-fill.fee, None if money is None else -money, why)
        return money, why

    def _value(self, asset: str, amount: Decimal, at: int) -> tuple[Decimal | None, str | None]:
        price = ONE if asset == self.reference else self._worth(asset, at)
        if price is None:
            return None, f"no price of {asset} in {self.reference} is stored of {iso(at)}"
        return MONEY.multiply(amount, price), None


def _combined(
    operation: Callable[[Decimal, Decimal], Decimal], one: Decimal | None, other: Decimal | None
) -> Decimal | None:
    return None if one is None or other is None else operation(one, other)


def _at_least_zero(amount: Decimal) -> Decimal:
    # A fee above the whole amount leaves nothing, not less.
    return max(_ZERO, amount)
