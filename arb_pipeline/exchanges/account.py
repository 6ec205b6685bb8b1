"""What an exchange says of the account: whether it accepts the credentials, and what is held.

What belongs here: signed requests that read and change nothing. What does not: which endpoint
(``account_sources.py``) and which field of an answer is what (``balance_rows.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from arb_pipeline.exchanges.account_sources import ACCOUNTS, BYBIT, BYBIT_KEY, Account
from arb_pipeline.exchanges.balance_rows import balance
from arb_pipeline.exchanges.candle_cells import BadRow
from arb_pipeline.exchanges.catalog import capability
from arb_pipeline.exchanges.client import Counters, ExchangeClient
from arb_pipeline.exchanges.errors import BadCredentials
from arb_pipeline.exchanges.sampling import refused
from arb_pipeline.exchanges.snapshot_cells import Receipt, Row
from arb_pipeline.model import BalanceSnapshot, DataSet, Exchange, SnapshotPage, now_ms

T = TypeVar("T")
# Gate opens an account for futures with the first transfer to it; until then it knows the key,
# verifies the signature and says this.
_NOT_OPENED = "USER_NOT_FOUND"
# Whose account is another's: Bybit holds one for everything.
SHARED_ACCOUNTS: Mapping[Exchange, Exchange] = {Exchange.BYBIT_FUTURES: Exchange.BYBIT_SPOT}


async def check_credentials(client: ExchangeClient) -> None:
    """Ask ``client.exchange`` for the account; returns where it accepts the credentials.

    Raises:
        BadCredentials: none are configured, or key, signature, permission or address is refused;
            the cause is the exchange's own sentence. Raised after one request.
        ClockSkewed: the time of the signature is refused, though it is the exchange's own.
        Transient: the exchange could not be asked; nothing is known of the credentials.
    """
    account = ACCOUNTS[client.exchange]
    account = BYBIT_KEY if account is BYBIT else account
    await _ask(client, account, account.rows)


async def fetch_balances(
    client: ExchangeClient, exchange_id: int, *, skew_ms: int, alone: bool = False
) -> SnapshotPage[BalanceSnapshot]:
    """Everything the account at ``client.exchange`` holds, zeros included.

    Assets are named as the exchange names them, letter by letter: two names that ccxt would fold
    into one code stay two. Bybit has one account for spot and futures: its holdings are those of
    ``BYBIT_SPOT``, and ``BYBIT_FUTURES`` gives an empty page without a request, or sums over
    exchanges would count them twice (see ``SHARED_ACCOUNTS``). A futures account that was never
    opened at Gate is empty. An account that seems empty is asked for twice.

    Args:
        client: the exchange.
        exchange_id: ``exchanges.id`` of it.
        skew_ms: a row whose exchange time is further than this from receipt is rejected; a time
            of the last change only when it is ahead.
        alone: the exchange that shares the account is not asked, so that its holdings are told
            here.

    Raises:
        BadCredentials: none are configured (nothing is asked: ``client.has_credentials``), or
            they are refused.
        ExchangeError: the exchange could not be asked, or answered with something else.
    """
    if not client.has_credentials:
        raise BadCredentials(
            client.exchange,
            f"no credentials: set {client.exchange.company}_API_KEY and _SECRET",
            subject="account",
        )
    page: SnapshotPage[BalanceSnapshot] = SnapshotPage(client.exchange, DataSet.BALANCES)
    if client.exchange in SHARED_ACCOUNTS and not alone:
        return page
    account = ACCOUNTS[client.exchange]

    def expect(payload: Any) -> tuple[int, list[Any]]:
        received_at = now_ms()
        rows = account.rows(payload)
        if account.time is not None:
            time = {account.time: payload.get(account.time)}
            rows = [{**row, **time} if isinstance(row, dict) else row for row in rows]
        return received_at, rows

    tally = Counters()
    answer = await _ask(client, account, expect, tally)
    if answer is not None and not answer[1]:
        # Believing an empty answer writes off everything that was held: it has to say so twice.
        answer = await _ask(client, account, expect, tally)
    page.requests = tally.requests
    if answer is not None:
        _read(page, exchange_id, answer[1], Receipt(answer[0], skew_ms))
    return page


def _read(
    page: SnapshotPage[BalanceSnapshot], exchange_id: int, rows: list[Any], receipt: Receipt
) -> None:
    found: dict[str, tuple[BalanceSnapshot, Row]] = {}
    doubled: set[str] = set()
    for row in rows:
        try:
            if not isinstance(row, dict):
                raise BadRow("the row is no object")  # noqa: TRY301 - one way to refuse
            one = balance(page.exchange, exchange_id, row, receipt)
        except BadRow as bad:
            page.rejected.append((None, refused(row, bad)))
            continue
        known, came = found.setdefault(one.asset_name, (one, row))
        if known != one:
            doubled.add(one.asset_name)
            page.rejected.append((None, refused(row, BadRow("two different rows for one asset"))))
    for name in doubled:
        _, came = found.pop(name)
        page.rejected.append((None, refused(came, BadRow("two different rows for one asset"))))
    page.rows = [one for one, _ in found.values()]


async def _ask(
    client: ExchangeClient,
    account: Account,
    expect: Callable[[Any], T],
    tally: Counters | None = None,
) -> T | None:
    """Ask for the account; None where it was never opened."""
    try:
        return await client.call(
            account.method,
            account.parameters,
            weight=capability(client.exchange, DataSet.BALANCES).weights[-1][1],
            expect=expect,
            subject="account",
            tally=tally,
        )
    except BadCredentials as error:
        if error.code != _NOT_OPENED:
            raise
        return None
