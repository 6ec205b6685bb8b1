"""Rows of accounts as balances, every number exact.

What belongs here: which field is what, per exchange. What does not: asking (``account.py``).

The total of a balance is what the exchange calls the balance of the wallet, whatever it calls
free: with profit on open positions, or when all assets serve as margin for each other, an exchange
offers more than the wallet holds, and storing that would count it twice. A balance below zero, as
loans leave it, is passed on as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from arb_pipeline.exchanges.candle_cells import BadRow, shown
from arb_pipeline.exchanges.snapshot_cells import EXACT, Receipt, Row, amount, known, moment
from arb_pipeline.model import BalanceSnapshot, Exchange

_ZERO = Decimal(0)


def balance(exchange: Exchange, exchange_id: int, row: Row, receipt: Receipt) -> BalanceSnapshot:
    """What an account holds of one asset.

    Raises:
        BadRow: the row does not say.
    """
    return _READERS[exchange](exchange_id, row, receipt)


def _free_and_locked(
    asset: str, free: str, locked: str, time: str | None
) -> Callable[[int, Row, Receipt], BalanceSnapshot]:
    """A reader of rows that name both parts."""

    def read(exchange_id: int, row: Row, receipt: Receipt) -> BalanceSnapshot:
        # The account's time is that of its last change.
        stamp = receipt.believe(moment(row, time), is_now=False) if time else None
        return BalanceSnapshot(
            exchange_id,
            receipt.at,
            _name(row, asset),
            amount(row, free),
            amount(row, locked),
            exchange_timestamp=stamp,
        )

    return read


def _wallet_and_available(
    asset: str, wallet: str, available: str, time: str | None
) -> Callable[[int, Row, Receipt], BalanceSnapshot]:
    """A reader of futures accounts: a wallet's balance, and what may be used of it."""

    def read(exchange_id: int, row: Row, receipt: Receipt) -> BalanceSnapshot:
        stamp = receipt.believe(moment(row, time), is_now=False) if time else None
        total = amount(row, wallet)
        free, locked = _split(total, EXACT.subtract(total, amount(row, available)))
        return BalanceSnapshot(
            exchange_id, receipt.at, _name(row, asset), free, locked, exchange_timestamp=stamp
        )

    return read


def _bybit(exchange_id: int, row: Row, receipt: Receipt) -> BalanceSnapshot:
    stamp = receipt.believe(moment(row, "time"))
    bound = _ZERO
    for name in ("locked", "totalOrderIM", "totalPositionIM"):
        bound = EXACT.add(bound, known(row, name) or _ZERO)
    free, locked = _split(amount(row, "walletBalance"), bound)
    return BalanceSnapshot(
        exchange_id,
        receipt.at,
        _name(row, "coin"),
        free,
        locked,
        borrowing_balance=known(row, "borrowAmount"),
        interest_balance=known(row, "accruedInterest"),
        exchange_timestamp=stamp,
    )


def _split(total: Decimal, bound: Decimal) -> tuple[Decimal, Decimal]:
    """Free and bound parts, neither below zero unless the total is; together the total."""
    locked = max(_ZERO, min(bound, total))
    return EXACT.subtract(total, locked), locked


def _name(row: Row, field: str) -> str:
    name = row.get(field)
    if not isinstance(name, str) or not name:
        raise BadRow(f"{field} is {shown(name)}, not the name of an asset")
    return name


_READERS: Mapping[Exchange, Callable[[int, Row, Receipt], BalanceSnapshot]] = {
    Exchange.BINANCE_SPOT: _free_and_locked("asset", "free", "locked", "updateTime"),
    Exchange.BINANCE_FUTURES: _wallet_and_available(
        "asset", "balance", "availableBalance", "updateTime"
    ),
    Exchange.BYBIT_SPOT: _bybit,
    Exchange.BYBIT_FUTURES: _bybit,
    Exchange.GATEIO_SPOT: _free_and_locked("currency", "available", "locked", None),
    Exchange.GATEIO_FUTURES: _wallet_and_available("currency", "total", "available", None),
    Exchange.MEXC_SPOT: _free_and_locked("asset", "free", "locked", "updateTime"),
}
