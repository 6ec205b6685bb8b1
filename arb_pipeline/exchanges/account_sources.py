"""Where each exchange tells of the account.

What belongs here: endpoints, and what their answers must look like. What does not: what asking
costs (``catalog.py``) and which field of a row is what (``balance_rows.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from arb_pipeline.exchanges.shapes import WrongShape, kind_of, object_at, rows_at
from arb_pipeline.model import Exchange


@dataclass(frozen=True, slots=True)
class Account:
    """A signed endpoint.

    Attributes:
        method: ccxt's name of it.
        rows: what matters of the payload; raises ``WrongShape``.
        parameters: sent with every request.
        time: a field beside the rows that belongs to each of them.
    """

    method: str
    rows: Callable[[Any], Any]
    parameters: Mapping[str, str] = field(default_factory=dict)
    time: str | None = None


def _every_asset(*path: str) -> Callable[[Any], list[Any]]:
    """Binance lists every asset, held or not: no rows are no answer."""
    rows = rows_at(*path)

    def expect(payload: Any) -> list[Any]:
        found = rows(payload)
        if not found:
            raise WrongShape("an account without a single asset")
        return found

    return expect


def _only_asset(payload: Any) -> list[Any]:
    """Gate's account of futures holds one asset, which is the answer."""
    account = object_at()(payload)
    if "currency" not in account:
        raise WrongShape(f"expected an account, got {kind_of(account)}")
    return [account]


def _coins(payload: Any) -> list[Any]:
    """Bybit's account of everything, in a list of accounts."""
    accounts = rows_at("result", "list")(payload)
    if len(accounts) != 1:
        raise WrongShape(f"expected one account, got {len(accounts)}")
    return rows_at("coin")(accounts[0])


BYBIT = Account("private_get_v5_account_wallet_balance", _coins, {"accountType": "UNIFIED"}, "time")
ACCOUNTS: Mapping[Exchange, Account] = {
    Exchange.BINANCE_SPOT: Account(
        "private_get_account", _every_asset("balances"), time="updateTime"
    ),
    Exchange.BINANCE_FUTURES: Account("fapiprivatev2_get_balance", _every_asset()),
    Exchange.BYBIT_SPOT: BYBIT,
    Exchange.BYBIT_FUTURES: BYBIT,
    Exchange.GATEIO_SPOT: Account("private_spot_get_accounts", rows_at()),
    Exchange.GATEIO_FUTURES: Account(
        "private_futures_get_settle_accounts", _only_asset, {"settle": "usdt"}
    ),
    Exchange.MEXC_SPOT: Account("spot_private_get_account", rows_at("balances"), time="updateTime"),
}
# Bybit tells of a key what no account is needed for.
BYBIT_KEY = Account("private_get_v5_user_query_api", object_at("result"))
