"""Whether an exchange accepts the configured credentials.

What belongs here: one signed request per exchange that reads and changes nothing, the cheapest
that needs key, secret and the permission to read the account. What does not: what the account
holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from arb_pipeline.exchanges.client import ExchangeClient
from arb_pipeline.exchanges.errors import BadCredentials
from arb_pipeline.exchanges.shapes import object_at, rows_at
from arb_pipeline.model import Exchange

# Gate opens an account for futures with the first transfer to it; until then it knows the key,
# verifies the signature and says this.
_NOT_OPENED = "USER_NOT_FOUND"


@dataclass(frozen=True, slots=True)
class _Account:
    method: str
    weight: int
    expect: Callable[[Any], object]
    parameters: Mapping[str, str] = field(default_factory=dict)


_BYBIT = _Account("private_get_v5_user_query_api", 1, object_at("result"))
_ACCOUNTS: Mapping[Exchange, _Account] = {
    Exchange.BINANCE_SPOT: _Account("private_get_account", 20, rows_at("balances")),
    Exchange.BINANCE_FUTURES: _Account("fapiprivatev2_get_balance", 5, rows_at()),
    Exchange.BYBIT_SPOT: _BYBIT,
    Exchange.BYBIT_FUTURES: _BYBIT,
    Exchange.GATEIO_SPOT: _Account("private_spot_get_accounts", 1, rows_at()),
    Exchange.GATEIO_FUTURES: _Account(
        "private_futures_get_settle_accounts", 1, object_at(), {"settle": "usdt"}
    ),
    Exchange.MEXC_SPOT: _Account("spot_private_get_account", 10, rows_at("balances")),
}


async def check_credentials(client: ExchangeClient) -> None:
    """Ask ``client.exchange`` for the account; returns where it accepts the credentials.

    Raises:
        BadCredentials: none are configured, or key, signature, permission or address is refused;
            the cause is the exchange's own sentence. Raised after one request.
        ClockSkewed: the time of the signature is refused, though it is the exchange's own.
        Transient: the exchange could not be asked; nothing is known of the credentials.
    """
    account = _ACCOUNTS[client.exchange]
    try:
        await client.call(
            account.method,
            account.parameters,
            weight=account.weight,
            expect=account.expect,
            subject="account",
        )
    except BadCredentials as error:
        if error.code != _NOT_OPENED:
            raise
