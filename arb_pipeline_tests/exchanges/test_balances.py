"""What accounts hold, over signed requests."""

from __future__ import annotations

from decimal import Decimal

import pytest

from arb_pipeline.exchanges import Exchanges
from arb_pipeline.exchanges.account import SHARED_ACCOUNTS, fetch_balances
from arb_pipeline.exchanges.errors import BadCredentials, BadResponse, ExchangeError
from arb_pipeline.model import Company, Exchange, now_ms
from arb_pipeline.simulator import Fault, FaultKind, Simulator
from arb_pipeline_tests.exchanges.accounts import (
    KEY,
    SECRET,
    account,
    balances,
    each_exchange,
    signed,
)
from arb_pipeline_tests.exchanges.sampled import SKEW
from arb_pipeline_tests.exchanges.scripted import Scripted, always


@each_exchange
async def test_the_simulated_account_arrives_exactly(
    simulator: Simulator, exchange: Exchange
) -> None:
    simulator.accounts[exchange.company] = (KEY, SECRET)
    page = await balances(simulator.company_urls[exchange.company], exchange)
    held = simulator.holdings.held(exchange)
    found = {one.asset_name: one for one in page.rows}
    shown = {asset for asset, holding in held.items() if not holding.is_zero}
    assert shown <= set(found)
    for asset, one in found.items():
        holding = held.get(asset)
        free, locked = (holding.available, holding.locked) if holding else ("0", "0")
        assert (one.available_balance, one.locked_balance) == (Decimal(free), Decimal(locked))
        assert one.exchange_id == 3
        if exchange.company is Company.BYBIT:
            assert holding is not None
            assert one.borrowing_balance == Decimal(holding.borrowed)
            assert one.interest_balance == Decimal(holding.interest)
    assert (page.rejected, page.missing, page.requests) == ([], [], 1)
    zeros = exchange.company is Company.BINANCE or exchange is Exchange.GATEIO_SPOT
    assert any(one.total_balance == 0 for one in page.rows) is zeros
    assert len(simulator.requests.select(endpoint="account")) == 1


@each_exchange
async def test_wrong_credentials_are_an_error_for_a_person(
    simulator: Simulator, exchange: Exchange
) -> None:
    simulator.accounts[exchange.company] = (KEY, SECRET)
    async with signed(
        simulator.company_urls[exchange.company], exchange.company, "not-the-secret"
    ) as exchanges:
        with pytest.raises(BadCredentials) as caught:
            await fetch_balances(exchanges[exchange], 3, skew_ms=SKEW, alone=True)
    assert "not-the-secret" not in str(caught.value)
    assert len(simulator.requests.select(endpoint="account")) == 1


@each_exchange
async def test_without_credentials_nothing_is_asked(
    exchanges: Exchanges, script: Scripted, exchange: Exchange
) -> None:
    assert not exchanges[exchange].has_credentials
    with pytest.raises(BadCredentials, match=f"account: .*{exchange.company}_API_KEY and _SECRET"):
        await fetch_balances(exchanges[exchange], 3, skew_ms=SKEW)
    assert not script.requests


async def test_what_is_shared_is_told_once(simulator: Simulator) -> None:
    simulator.accounts[Company.BYBIT] = (KEY, SECRET)
    url = simulator.company_urls[Company.BYBIT]
    page = await balances(url, Exchange.BYBIT_FUTURES, alone=False)
    assert (list(page.rows), page.requests) == ([], 0)
    assert not simulator.requests.select(endpoint="account")
    spot = await balances(url, SHARED_ACCOUNTS[Exchange.BYBIT_FUTURES], alone=False)
    assert len(spot.rows) == 3


async def test_a_futures_account_nobody_opened_is_empty(script: Scripted) -> None:
    script.say(
        always({"server_time": now_ms()}),
        always({"label": "USER_NOT_FOUND", "message": "please transfer funds first"}, 400),
    )
    page = await balances(script.url, Exchange.GATEIO_FUTURES)
    assert (list(page.rows), page.rejected) == ([], [])


@each_exchange
async def test_an_account_of_nothing_has_to_say_so_twice(
    simulator: Simulator, exchange: Exchange
) -> None:
    simulator.accounts[exchange.company] = (KEY, SECRET)
    url = simulator.company_urls[exchange.company]
    simulator.faults.add(Fault(FaultKind.EMPTY_LIST_200, endpoint="account", times=1))
    page = await balances(url, exchange)
    assert page.rows
    assert page.requests == 2


@each_exchange
async def test_an_answer_that_is_no_account_is_none(
    simulator: Simulator, exchange: Exchange
) -> None:
    simulator.accounts[exchange.company] = (KEY, SECRET)
    simulator.faults.add(Fault(FaultKind.EMPTY_OBJECT_200, endpoint="account"))
    with pytest.raises(BadResponse):
        await balances(simulator.company_urls[exchange.company], exchange)


async def test_an_empty_account_is_believed_the_second_time(script: Scripted) -> None:
    script.say(account(Exchange.GATEIO_SPOT, []))
    page = await balances(script.url, Exchange.GATEIO_SPOT)
    assert (list(page.rows), page.requests) == ([], 2)
    script.say(account(Exchange.BINANCE_SPOT, []))  # lists every asset there is
    with pytest.raises(ExchangeError, match="without a single asset"):
        await balances(script.url, Exchange.BINANCE_SPOT)
