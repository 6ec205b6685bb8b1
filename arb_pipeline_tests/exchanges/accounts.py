"""Accounts as each exchange writes them, and fetching them with credentials."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from arb_pipeline.exchanges import Connection, Exchanges, open_exchanges
from arb_pipeline.exchanges.account import fetch_balances
from arb_pipeline.model import BalanceSnapshot, Company, Exchange, SnapshotPage, now_ms
from arb_pipeline_tests.exchanges.sampled import SKEW, by_path
from arb_pipeline_tests.exchanges.scripted import QUICK, Handler

KEY, SECRET = "the-api-key", "the-api-secret"
each_exchange = pytest.mark.parametrize("exchange", Exchange)
HOUR = 3_600_000
LONG = "0.123456789012345678"
WIDE = "12345678901234567890.123456789012345678"


@asynccontextmanager
async def signed(url: str, company: Company, secret: str = SECRET) -> AsyncIterator[Exchanges]:
    connection = Connection(url, SecretStr(KEY), SecretStr(secret))
    async with open_exchanges({company: connection}, retry=QUICK) as exchanges:
        yield exchanges


async def balances(
    url: str, exchange: Exchange, *, alone: bool = True
) -> SnapshotPage[BalanceSnapshot]:
    async with signed(url, exchange.company) as exchanges:
        return await fetch_balances(exchanges[exchange], 3, skew_ms=SKEW, alone=alone)


def account(exchange: Exchange, rows: list[Any], time: Any = None) -> Handler:
    """The account, with rows as ``row`` makes them; and the server's time beside it."""
    now = now_ms()
    clock: dict[str, Any] = {"serverTime": now, "server_time": now}
    clock |= {"retCode": 0, "time": now, "result": {}}
    if exchange.company is Company.BYBIT:
        envelope = {"retCode": 0, "result": {"list": [{"coin": rows}]}, "time": time or now}
        return by_path(time=clock, wallet_balance=envelope)
    whole: Any = rows
    if exchange in (Exchange.BINANCE_SPOT, Exchange.MEXC_SPOT):
        whole = {"balances": rows, "updateTime": time}
    elif exchange is Exchange.GATEIO_FUTURES:
        whole = rows[0]
    elif exchange is Exchange.BINANCE_FUTURES:
        whole = [{**row, "updateTime": time} if isinstance(row, dict) else row for row in rows]
    return by_path(time=clock, account=whole, accounts=whole, balance=whole)


def row(exchange: Exchange, asset: Any, free: Any, locked: str = "0") -> dict[str, Any]:
    """One asset; where the exchange tells wallet and free part, the wallet holds both."""
    if exchange.company is Company.BYBIT:
        wallet = str(Decimal(free) + Decimal(locked)) if locked != "0" else free
        return {"coin": asset, "walletBalance": wallet, "locked": locked, "borrowAmount": ""}
    if exchange in (Exchange.BINANCE_FUTURES, Exchange.GATEIO_FUTURES):
        wallet = str(Decimal(free) + Decimal(locked)) if locked != "0" else free
        names = ("asset", "balance", "availableBalance")
        if exchange is Exchange.GATEIO_FUTURES:
            names = ("currency", "total", "available")
        return dict(zip(names, (asset, wallet, free), strict=True))
    if exchange is Exchange.GATEIO_SPOT:
        return {"currency": asset, "available": free, "locked": locked}
    return {"asset": asset, "free": free, "locked": locked}
