"""Signed requests of unmodified ccxt clients, and of nobody."""

from __future__ import annotations

from collections.abc import Callable

import ccxt.async_support as ccxt
import pytest

from arb_pipeline.model import Company
from arb_pipeline.simulator import Simulator
from arb_pipeline_tests.simulator.asking import NOW, ask, ask_with, unmodified_client

KEY, SECRET = "the-api-key", "the-api-secret"
# How ccxt asks for the account, by the name of the endpoint, and where it lies.
ACCOUNTS = [
    (Company.BINANCE, "privateGetAccount", "binance/api/v3/account"),
    (Company.BINANCE, "fapiPrivateV2GetBalance", "binance/fapi/v2/balance"),
    (Company.MEXC, "spotPrivateGetAccount", "mexc/api/v3/account"),
    (Company.GATEIO, "privateSpotGetAccounts", "gate/api/v4/spot/accounts"),
    (Company.GATEIO, "privateFuturesGetSettleAccounts", "gate/api/v4/futures/usdt/accounts"),
    (Company.BYBIT, "privateGetV5UserQueryApi", "bybit/v5/user/query-api"),
]
each_account = pytest.mark.parametrize(("company", "method", "path"), ACCOUNTS)


async def account(
    simulator: Simulator,
    company: Company,
    method: str,
    key: str = KEY,
    secret: str = SECRET,
    ahead_ms: int = 0,
) -> object:
    """Ask as ccxt's own client does."""
    parameters = {"note": "a/b,c"}  # escaped on the way; Gate signs it as it was
    if "Settle" in method:
        parameters["settle"] = "usdt"
    async with unmodified_client(company, simulator.base_url) as client:
        client.apiKey, client.secret = key, secret
        client.nonce = lambda: simulator.clock.now() + ahead_ms
        found: object = await getattr(client, method)(parameters)
        return found


@pytest.fixture
def simulator(simulator: Simulator) -> Simulator:
    """One account, at every company."""
    simulator.clock.freeze(NOW)
    simulator.accounts.update(dict.fromkeys(Company, (KEY, SECRET)))
    return simulator


@each_account
async def test_what_ccxt_signs_is_accepted(
    simulator: Simulator, company: Company, method: str, path: str
) -> None:
    assert await account(simulator, company, method) is not None
    (asked,) = simulator.requests.select(endpoint="account")
    assert (asked.company, asked.status) == (company, 200)


# How each company refuses another secret, and another key.
REFUSED: dict[Company, tuple[str, str]] = {
    Company.BINANCE: ("-1022", "-2015"),
    Company.MEXC: ("700002", "10072"),
    Company.GATEIO: ("INVALID_SIGNATURE", "INVALID_KEY"),
    Company.BYBIT: ("10004", "10003"),
}


@each_account
async def test_another_secret_or_key_is_refused_in_the_companys_words(
    simulator: Simulator, company: Company, method: str, path: str
) -> None:
    wrong_secret, unknown_key = REFUSED[company]
    with pytest.raises(ccxt.BaseError, match=f'"{wrong_secret}"|:{wrong_secret},'):
        await account(simulator, company, method, secret="another")
    unknown = f'"{unknown_key}"|:{unknown_key},'
    with pytest.raises(ccxt.BaseError, match=unknown):
        await account(simulator, company, method, key="another")
    simulator.accounts.clear()
    with pytest.raises(ccxt.BaseError, match=unknown):
        await account(simulator, company, method)


@each_account
async def test_another_time_is_refused(
    simulator: Simulator, company: Company, method: str, path: str
) -> None:
    for ahead_ms in (-61_000, 61_000):
        with pytest.raises(ccxt.BaseError, match=r"recv|REQUEST_EXPIRED"):
            await account(simulator, company, method, ahead_ms=ahead_ms)


# How each company refuses who does not sign at all: status, where the code stands, the code.
UNSIGNED: dict[Company, tuple[int, Callable[[dict[str, object]], object], object]] = {
    Company.BINANCE: (401, lambda body: body["code"], -2014),
    Company.MEXC: (400, lambda body: body["code"], 10072),
    Company.GATEIO: (401, lambda body: body["label"], "MISSING_REQUIRED_HEADER"),
    Company.BYBIT: (200, lambda body: body["retCode"], 10003),
}


@each_account
def test_who_does_not_sign_is_refused(
    offline: Simulator, company: Company, method: str, path: str
) -> None:
    status, read, code = UNSIGNED[company]
    answer = ask(offline, path)
    assert (answer.status, read(answer.body)) == (status, code)


@pytest.mark.parametrize(
    ("path", "header", "code"),
    [
        ("binance/api/v3/account", "X-MBX-APIKEY", -1102),
        ("mexc/api/v3/account", "X-MEXC-APIKEY", 700004),
    ],
)
def test_a_key_alone_does_not_sign(offline: Simulator, path: str, header: str, code: int) -> None:
    offline.accounts.update(dict.fromkeys(Company, (KEY, SECRET)))
    answer = ask_with(offline, {header: KEY}, path, timestamp=NOW)
    assert (answer.status, answer.body["code"]) == (400, code)
