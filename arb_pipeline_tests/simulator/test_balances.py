"""What the accounts hold, as each company lists it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from arb_pipeline.model import Company, Exchange
from arb_pipeline.simulator import Fault, FaultKind, Simulator
from arb_pipeline_tests.simulator.asking import NOW, unmodified_client

KEY, SECRET = "the-api-key", "the-api-secret"
# How ccxt asks for each wallet, and the row of an asset out of the answer.
WALLETS: dict[str, tuple[Company, str, dict[str, str]]] = {
    "BINANCE_SPOT": (Company.BINANCE, "privateGetAccount", {}),
    "BINANCE_FUTURES": (Company.BINANCE, "fapiPrivateV3GetBalance", {}),
    "MEXC_SPOT": (Company.MEXC, "spotPrivateGetAccount", {}),
    "GATEIO_SPOT": (Company.GATEIO, "privateSpotGetAccounts", {}),
    "GATEIO_FUTURES": (Company.GATEIO, "privateFuturesGetSettleAccounts", {"settle": "usdt"}),
    "UNIFIED": (Company.GATEIO, "privateUnifiedGetAccounts", {}),
    "BYBIT_SPOT": (Company.BYBIT, "privateGetV5AccountWalletBalance", {"accountType": "UNIFIED"}),
}


@pytest.fixture
def simulator(simulator: Simulator) -> Simulator:
    """One account, at every company."""
    simulator.clock.freeze(NOW)
    simulator.accounts.update(dict.fromkeys(Company, (KEY, SECRET)))
    return simulator


async def answer(simulator: Simulator, wallet: str, **more: str) -> Any:
    company, method, parameters = WALLETS[wallet]
    async with unmodified_client(company, simulator.base_url) as client:
        client.apiKey, client.secret = KEY, SECRET
        client.nonce = simulator.clock.now
        return await getattr(client, method)({**parameters, **more})


def rows(answered: Any) -> dict[str, dict[str, Any]]:
    """The rows of any wallet, by asset."""
    if isinstance(answered, dict):
        if "result" in answered:
            answered = answered["result"]["list"][0]["coin"]
        elif isinstance(answered.get("balances"), dict):
            found: dict[str, dict[str, Any]] = answered["balances"]
            return found
        else:
            answered = answered.get("balances", [answered])
    names = ("asset", "currency", "coin")
    return {next(row[name] for name in names if name in row): row for row in answered}


async def test_binance_lists_what_is_not_held_too(simulator: Simulator) -> None:
    answered = await answer(simulator, "BINANCE_SPOT")
    found = rows(answered)
    assert found["USDT"] == {
        "asset": "USDT", "free": "12345678901234567890.12345678", "locked": "1000.00000000",
    }  # fmt: skip
    assert len(found["BTC"]["free"].partition(".")[2]) == 18
    zeros = [row for row in found.values() if not Decimal(row["free"]) + Decimal(row["locked"])]
    assert len(zeros) > 10
    assert "币安人生" in found
    assert answered["updateTime"] < NOW
    some = rows(await answer(simulator, "BINANCE_SPOT", omitZeroBalances="true"))
    assert set(found) - set(some) == {row["asset"] for row in zeros}


async def test_binances_futures(simulator: Simulator) -> None:
    simulator.set_balance("BINANCE_FUTURES", "USDT", "25000.5", "0.25")
    found = rows(await answer(simulator, "BINANCE_FUTURES"))
    row = found["USDT"]
    assert (row["balance"], row["crossWalletBalance"]) == ("25000.75", "25000.75")
    assert (row["availableBalance"], row["maxWithdrawAmount"]) == ("25000.5", "25000.5")
    assert (row["crossUnPnl"], row["updateTime"]) == ("0.00000000", NOW)
    assert found["USDC"]["balance"] == "0.00000000"


async def test_mexc_lists_what_is_held_only(simulator: Simulator) -> None:
    answered = await answer(simulator, "MEXC_SPOT")
    assert answered["updateTime"] is None
    assert {"BTC", "USDT", "GAS"} <= rows(answered).keys()
    simulator.set_balance("MEXC_SPOT", "BTC", "0", "0.000")
    assert "BTC" not in rows(await answer(simulator, "MEXC_SPOT"))


async def test_gates_wallets(simulator: Simulator) -> None:
    simulator.set_balance("GATEIO_SPOT", "ETH", "1.5", "0.5", borrowed="0.25", interest="0.001")
    simulator.set_balance("GATEIO_FUTURES", "USDT", "10", "2.5")
    spot = rows(await answer(simulator, "GATEIO_SPOT"))
    assert (spot["ETH"]["available"], spot["ETH"]["locked"]) == ("1.5", "0.5")
    assert spot["POINT"]["available"] == "0"
    assert rows(await answer(simulator, "GATEIO_SPOT", currency="ETH")).keys() == {"ETH"}
    futures = await answer(simulator, "GATEIO_FUTURES")
    assert (futures["currency"], futures["total"], futures["available"]) == ("USDT", "12.5", "10")
    unified = rows(await answer(simulator, "UNIFIED"))["ETH"]
    assert {
        "available": "1.5",
        "freeze": "0.5",
        "borrowed": "0.25",
        "interest": "0.001",
    }.items() <= (unified.items())


async def test_bybits_wallet_serves_both_its_exchanges(simulator: Simulator) -> None:
    simulator.set_balance(Exchange.BYBIT_FUTURES, "ETH", "2.000000000000000001", "1")
    simulator.set_balance(Company.BYBIT, "USDC", "0")
    answered = await answer(simulator, "BYBIT_SPOT")
    account = answered["result"]["list"][0]
    assert (account["accountType"], account["totalEquity"]) == ("UNIFIED", "")
    found = rows(answered)
    assert found["ETH"]["walletBalance"] == "3.000000000000000001"
    assert (found["ETH"]["locked"], found["ETH"]["availableToWithdraw"]) == ("1", "")
    assert (found["USDT"]["borrowAmount"], found["USDT"]["accruedInterest"]) == (
        "250.5", "0.012345678",
    )  # fmt: skip
    assert "USDC" not in found
    named = rows(await answer(simulator, "BYBIT_SPOT", coin="ETH,USDC"))
    assert named.keys() == {"ETH", "USDC"}
    assert named["USDC"]["walletBalance"] == "0"


@pytest.mark.parametrize(
    ("wallet", "name"),
    [
        ("BINANCE_SPOT", "free"),
        ("BINANCE_FUTURES", "availableBalance"),
        ("MEXC_SPOT", "locked"),
        ("GATEIO_SPOT", "available"),
        ("GATEIO_FUTURES", "total"),
        ("UNIFIED", "freeze"),
        ("BYBIT_SPOT", "walletBalance"),
    ],
)
async def test_one_row_of_a_wallet_can_be_broken(
    simulator: Simulator, wallet: str, name: str
) -> None:
    true = rows(await answer(simulator, wallet))
    fault = Fault(
        FaultKind.SET_FIELD, endpoint="account", row_of="USDT", field_name=name, value="-1"
    )
    simulator.faults.add(fault)
    broken = rows(await answer(simulator, wallet))
    assert broken.pop("USDT") == true.pop("USDT") | {name: "-1"}
    assert broken == true
    assert fault.hits == 1


@pytest.mark.parametrize(
    ("wallet", "amount", "told"),
    [
        ("BINANCE", "1", "several wallets: BINANCE_SPOT, BINANCE_FUTURES"),
        ("KRAKEN_SPOT", "1", "KRAKEN_SPOT"),
        ("MEXC_SPOT", "NaN", "'NaN' is no amount"),
        ("MEXC", "1,5", "'1,5' is no amount"),
    ],
)
def test_wrong_balances_are_refused(
    offline: Simulator, wallet: str, amount: str, told: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        offline.set_balance(wallet, "BTC", amount)
