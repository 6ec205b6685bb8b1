"""Whether credentials are accepted, asked of the simulator over HTTP."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from arb_pipeline.exchanges import Connection, open_exchanges
from arb_pipeline.exchanges.account import check_credentials
from arb_pipeline.exchanges.errors import BadCredentials, BadResponse, ExchangeError
from arb_pipeline.model import Company, Exchange
from arb_pipeline.simulator import Fault, FaultKind, Simulator
from arb_pipeline_tests.exchanges.scripted import QUICK, Scripted, always

KEY, SECRET = "the-api-key", "the-api-secret"
each_exchange = pytest.mark.parametrize("exchange", list(Exchange))


async def check(url: str, exchange: Exchange, key: str = KEY, secret: str = SECRET) -> None:
    """Ask with these credentials."""
    connection = Connection(url, SecretStr(key), SecretStr(secret))
    async with open_exchanges({exchange.company: connection}, retry=QUICK) as exchanges:
        await check_credentials(exchanges[exchange])


@each_exchange
async def test_an_accounts_own_credentials_are_accepted(
    simulator: Simulator, exchange: Exchange
) -> None:
    simulator.accounts[exchange.company] = (KEY, SECRET)
    simulator.clock.freeze(1_700_000_000_000)  # signatures hold at the exchange's time
    await check(simulator.company_urls[exchange.company], exchange)
    assert len(simulator.requests.select(endpoint="account")) == 1


@each_exchange
@pytest.mark.parametrize(("key", "secret"), [(KEY, "not-the-secret"), ("not-the-key", SECRET)])
async def test_others_are_refused_at_once(
    simulator: Simulator, exchange: Exchange, key: str, secret: str
) -> None:
    simulator.accounts[exchange.company] = (KEY, SECRET)
    with pytest.raises(BadCredentials) as caught:
        await check(simulator.company_urls[exchange.company], exchange, key, secret)
    assert caught.value.code is not None
    assert len(simulator.requests.select(endpoint="account")) == 1
    for shown in (str(caught.value), repr(caught.value)):
        assert key not in shown  # Bybit repeats what was signed, with the key
        assert secret not in shown


@each_exchange
async def test_an_answer_without_an_account_is_no_acceptance(
    simulator: Simulator, exchange: Exchange
) -> None:
    simulator.accounts[exchange.company] = (KEY, SECRET)
    simulator.faults.add(Fault(FaultKind.EMPTY_OBJECT_200, endpoint="account"))
    with pytest.raises(BadResponse):
        await check(simulator.company_urls[exchange.company], exchange)


@pytest.mark.parametrize(
    ("label", "accepted"), [("USER_NOT_FOUND", True), ("FORBIDDEN", False), ("NO_SUCH", False)]
)
async def test_gate_accepts_keys_before_a_futures_account_is_opened(
    script: Scripted, label: str, accepted: bool
) -> None:
    script.say(
        always({"server_time": 1_700_000_000_000}),
        always({"label": label, "message": "please transfer funds first"}, 400),
    )
    if accepted:
        await check(script.url, Exchange.GATEIO_FUTURES)
    else:
        with pytest.raises(ExchangeError, match="please transfer"):
            await check(script.url, Exchange.GATEIO_FUTURES)


async def test_without_credentials_nothing_is_asked(simulator: Simulator) -> None:
    connection = Connection(simulator.company_urls[Company.MEXC])
    async with open_exchanges({Company.MEXC: connection}, retry=QUICK) as exchanges:
        with pytest.raises(BadCredentials, match="MEXC_API_KEY"):
            await check_credentials(exchanges[Exchange.MEXC_SPOT])
    assert not simulator.requests.select(endpoint="account")
