"""Bybit's account: one unified wallet for spot and contracts."""

from __future__ import annotations

from arb_pipeline.model import Exchange
from arb_pipeline.simulator import signing
from arb_pipeline.simulator.bybit_symbols import envelope, error
from arb_pipeline.simulator.dialect import Call, Refused, Reply, World
from arb_pipeline.simulator.holdings import Holding
from arb_pipeline.simulator.signing import signed

_UNIFIED = "UNIFIED"


def _key(world: World, call: Call) -> Reply:
    return envelope(
        {"readOnly": 1, "permissions": {}, "ips": ["*"], "uta": 1, "unified": 0}, call.now
    )


def _info(world: World, call: Call) -> Reply:
    return envelope(
        {
            "marginMode": "REGULAR_MARGIN",
            "updatedTime": str(min(world.holdings.changed(Exchange.BYBIT_SPOT), call.now)),
            "unifiedMarginStatus": 6,
            "dcpStatus": "OFF",
            "timeWindow": 10,
            "smpGroup": 0,
            "isMasterTrader": False,
            "spotHedgingStatus": "OFF",
        },
        call.now,
    )


def _coin(coin: str, held: Holding) -> dict[str, object]:
    return {
        "coin": coin,
        "equity": held.total,
        "usdValue": "",
        "walletBalance": held.total,
        "free": "",
        "locked": held.locked,
        "spotHedgingQty": "0",
        "borrowAmount": held.borrowed,
        "availableToWithdraw": "",
        "availableToBorrow": "",
        "accruedInterest": held.interest,
        "totalOrderIM": "0",
        "totalPositionIM": "0",
        "totalPositionMM": "0",
        "unrealisedPnl": "0",
        "cumRealisedPnl": "0",
        "bonus": "0",
        "marginCollateral": True,
        "collateralSwitch": True,
    }


def _wallet(world: World, call: Call) -> Reply:
    if call.query.get("accountType") != _UNIFIED:
        raise Refused(error(10001, "accountType only support UNIFIED."))
    held = world.holdings.held(Exchange.BYBIT_SPOT)
    wanted = call.query.get("coin")
    if wanted is None:  # coins without a balance are shown to who asks for them by name
        rows = {coin: row for coin, row in held.items() if not row.is_zero}
    else:
        rows = {coin: held.get(coin, Holding("0")) for coin in wanted.split(",")}
    # Sums in USD are not simulated: empty, which is how Bybit writes what it does not know.
    unknown = (
        "totalEquity", "accountIMRate", "accountMMRate", "totalMarginBalance", "accountLTV",
        "totalInitialMargin", "totalAvailableBalance", "totalPerpUPL", "totalWalletBalance",
        "totalMaintenanceMargin",
    )  # fmt: skip
    account: dict[str, object] = {"accountType": _UNIFIED, **dict.fromkeys(unknown, "")}
    account["coin"] = [_coin(coin, row) for coin, row in rows.items()]
    return envelope({"list": [account]}, call.now)


key = signed(signing.bybit, _key)
info = signed(signing.bybit, _info)
wallet = signed(signing.bybit, _wallet)
