"""Trades: everybody's, and the account's own fills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from arb_pipeline.model import ccxt_structures as ccxt
from arb_pipeline.model import rules
from arb_pipeline.model.exact import exact, known, required, written

SIDES = ("buy", "sell")


@dataclass(frozen=True, slots=True)
class Trade:
    """A public trade; ``timestamp`` is the exchange's, ``side`` the taker's.

    Price in quote units per base unit. ``is_synthetic_id``: the exchange sends no id and this one
    was made up from the trade.
    """

    symbol_id: int
    timestamp: int
    price: Decimal
    quantity: Decimal
    side: str
    trade_id: str
    is_synthetic_id: bool = False

    def validate(self) -> None:
        """Check the rules of ``trade_snapshots``.

        Raises:
            ValueError: one does not hold; names the field and the rule.
        """
        _validate_fill(self)

    @classmethod
    def from_ccxt(
        cls, structure: Mapping[str, Any], *, symbol_id: int, is_synthetic_id: bool = False
    ) -> Trade:
        """The record of a trade of ccxt's.

        Args:
            structure: what ``fetch_trades`` gives.
            symbol_id: ``symbols.id``.
            is_synthetic_id: ccxt made the id up, as it does for MEXC.

        Raises:
            ValueError: a number is missing, or a float.
        """
        return cls(symbol_id, *_fill(structure), is_synthetic_id=is_synthetic_id)

    def to_ccxt(self, symbol: str) -> ccxt.Structure:
        """The trade as ccxt has it with ``number = str``; ``symbol`` is the name to show."""
        return ccxt.trade(symbol, self.timestamp, _values(self))


@dataclass(frozen=True, slots=True)
class AccountTrade:
    """An own fill; ``side`` is our own. ``fee`` is in units of ``fee_asset``, negative: a rebate.

    Quantity: base units on spot, contracts on futures. None is unknown.
    """

    symbol_id: int
    timestamp: int
    price: Decimal
    quantity: Decimal
    side: str
    trade_id: str
    order_id: str | None = None
    quote_quantity: Decimal | None = None
    fee: Decimal | None = None
    fee_asset: str | None = None
    is_maker: bool | None = None

    def validate(self) -> None:
        """Check the rules of ``account_trades``.

        Raises:
            ValueError: one does not hold; names the field and the rule.
        """
        _validate_fill(self)
        rules.exchange_id("order_id", self.order_id)
        rules.positive("quote_quantity", self.quote_quantity)
        rules.finite("fee", self.fee)
        rules.label("fee_asset", self.fee_asset)

    @classmethod
    def from_ccxt(cls, structure: Mapping[str, Any], *, symbol_id: int) -> AccountTrade:
        """The record of an own trade of ccxt's (``fetch_my_trades``).

        Raises:
            ValueError: a number is missing, or a float.
        """
        fee = structure.get("fee") or {}
        role = structure.get("takerOrMaker")
        return cls(
            symbol_id,
            *_fill(structure),
            order_id=structure.get("order"),
            quote_quantity=known("cost", structure.get("cost")),
            fee=known("fee", fee.get("cost")),
            fee_asset=fee.get("currency"),
            is_maker=None if role is None else role == "maker",
        )

    def to_ccxt(self, symbol: str) -> ccxt.Structure:
        """The trade as ccxt has it with ``number = str``; ``symbol`` is the name to show."""
        fee = {"cost": written(self.fee), "currency": self.fee_asset}
        role = None if self.is_maker is None else "maker" if self.is_maker else "taker"
        values = {
            **_values(self),
            "order": self.order_id,
            "cost": written(self.quote_quantity),
            "fee": fee,
            "takerOrMaker": role,
        }
        return {**ccxt.trade(symbol, self.timestamp, values), "fees": [fee] if self.fee else []}


def _fill(structure: Mapping[str, Any]) -> tuple[int, Decimal, Decimal, str, str]:
    trade_id = structure.get("id")
    side = structure.get("side")
    if type(trade_id) is not str or type(side) is not str:
        raise ValueError(f"id is {trade_id!r} and side {side!r}: both are needed")
    price, amount = (exact(name, structure.get(name)) for name in ("price", "amount"))
    return required(structure), price, amount, side, trade_id


def _values(record: Trade | AccountTrade) -> dict[str, Any]:
    return {
        "id": record.trade_id,
        "side": record.side,
        "price": written(record.price),
        "amount": written(record.quantity),
    }


def _validate_fill(record: Trade | AccountTrade) -> None:
    rules.key("symbol_id", record.symbol_id)
    rules.present("timestamp", record.timestamp)
    rules.moment("timestamp", record.timestamp, rules.TRADES_SINCE)
    for name in ("price", "quantity"):
        rules.present(name, getattr(record, name))
        rules.positive(name, getattr(record, name))
    rules.one_of("side", record.side, SIDES)
    rules.present("trade_id", record.trade_id)
    rules.exchange_id("trade_id", record.trade_id)
