"""The accounts' own endpoints: what they hold, in Binance's, MEXC's and Gate's words.

What belongs here: answers to requests that only an account's owner may make. What does not:
amounts (``holdings.py``), verifying that it is the owner (``signing.py``), Bybit
(``bybit_account.py``).
"""

from __future__ import annotations

from dataclasses import asdict

from arb_pipeline.model import Exchange
from arb_pipeline.simulator import signing
from arb_pipeline.simulator.dialect import Call, Reply, World, dump
from arb_pipeline.simulator.holdings import Holding, added
from arb_pipeline.simulator.signing import signed

_NOTHING = Holding("0.00000000", "0.00000000")
# What can be margin of Binance's futures; each is a row, held or not.
_MARGIN_ASSETS = ("BTC", "BNB", "ETH", "USDT", "USDC", "FDUSD", "BNFCR")


def _changed(world: World, call: Call, exchange: Exchange) -> int:
    return min(world.holdings.changed(exchange), call.now)


def _binance_spot(world: World, call: Call) -> Reply:
    held = world.holdings.held(Exchange.BINANCE_SPOT)
    # Every coin there ever was has a row, unless those without a balance are left out.
    listed = world.listings.all(Exchange.BINANCE_SPOT, call.now)
    assets = dict.fromkeys([*(i.base for i in listed), *(i.quote for i in listed), *held])
    if call.query.get("omitZeroBalances") == "true":
        assets = {asset: None for asset in assets if not held.get(asset, _NOTHING).is_zero}
    rows = {asset: held.get(asset, _NOTHING) for asset in assets}
    return dump(
        {
            "makerCommission": 10,
            "takerCommission": 10,
            "canTrade": True,
            "canWithdraw": False,
            "canDeposit": True,
            "updateTime": _changed(world, call, Exchange.BINANCE_SPOT),
            "accountType": "SPOT",
            "balances": [
                {"asset": asset, "free": row.available, "locked": row.locked}
                for asset, row in rows.items()
            ],
            "permissions": ["SPOT"],
            "uid": 354937868,
        }
    )


def _futures_assets(world: World, call: Call) -> list[tuple[str, Holding]]:
    held = world.holdings.held(Exchange.BINANCE_FUTURES)
    return [(asset, held.get(asset, _NOTHING)) for asset in dict.fromkeys([*_MARGIN_ASSETS, *held])]


def _binance_futures(world: World, call: Call) -> Reply:
    return dump(
        [
            {
                "accountAlias": "SgsRfWmYfWsR",
                "asset": asset,
                "balance": row.total,
                "crossWalletBalance": row.total,
                "crossUnPnl": "0.00000000",
                "availableBalance": row.available,
                "maxWithdrawAmount": row.available,
                "marginAvailable": True,
                "updateTime": _changed(world, call, Exchange.BINANCE_FUTURES),
            }
            for asset, row in _futures_assets(world, call)
        ]
    )


def _binance_futures_account(world: World, call: Call) -> Reply:
    assets = [
        {
            "asset": asset,
            "walletBalance": row.total,
            "unrealizedProfit": "0.00000000",
            "marginBalance": row.total,
            "maintMargin": "0.00000000",
            "initialMargin": row.locked,
            "positionInitialMargin": row.locked,
            "openOrderInitialMargin": "0.00000000",
            "crossWalletBalance": row.total,
            "crossUnPnl": "0.00000000",
            "availableBalance": row.available,
            "maxWithdrawAmount": row.available,
            "updateTime": _changed(world, call, Exchange.BINANCE_FUTURES),
        }
        for asset, row in _futures_assets(world, call)
    ]
    return dump({"assets": assets, "positions": []})


def _mexc_spot(world: World, call: Call) -> Reply:
    unset = ("makerCommission", "takerCommission", "buyerCommission", "sellerCommission")
    return dump(
        {
            **dict.fromkeys(unset),
            "canTrade": True,
            "canWithdraw": True,
            "canDeposit": True,
            "updateTime": None,
            "accountType": "SPOT",
            "balances": [
                {"asset": asset, "free": row.available, "locked": row.locked}
                for asset, row in world.holdings.held(Exchange.MEXC_SPOT).items()
                if not row.is_zero
            ],
            "permissions": ["SPOT"],
        }
    )


def _gate_spot(world: World, call: Call) -> Reply:
    wanted = call.query.get("currency")
    return dump(
        [
            {
                "currency": code,
                "available": row.available,
                "locked": row.locked,
                "update_id": _changed(world, call, Exchange.GATEIO_SPOT) // 1000,
            }
            for code, row in world.holdings.held(Exchange.GATEIO_SPOT).items()
            if wanted in (None, code)
        ]
    )


def _gate_futures(world: World, call: Call) -> Reply:
    row = world.holdings.held(Exchange.GATEIO_FUTURES).get("USDT", Holding("0"))
    return dump(
        {
            "user": 6333333,
            "currency": "USDT",
            "total": row.total,
            "unrealised_pnl": "0",
            "position_margin": row.locked,
            "order_margin": "0",
            "available": row.available,
            "point": "0",
            "bonus": "0",
            "in_dual_mode": False,
            "enable_credit": False,
            "update_time": _changed(world, call, Exchange.GATEIO_FUTURES) // 1000,
        }
    )


def _gate_unified(world: World, call: Call) -> Reply:
    """The wallet of spot as a unified account shows it, with what is borrowed."""
    balances = {}
    for code, row in world.holdings.held(Exchange.GATEIO_SPOT).items():
        amounts = asdict(row)
        balances[code] = {
            "available": amounts["available"],
            "freeze": amounts["locked"],
            "borrowed": amounts["borrowed"],
            "negative_liab": "0",
            "interest": amounts["interest"],
            "equity": row.total,
            "total_liab": added(row.borrowed, row.interest),
        }
    moment = _changed(world, call, Exchange.GATEIO_SPOT) // 1000
    return dump({"user_id": 10001, "refresh_time": moment, "locked": False, "balances": balances})


def _gate_detail(world: World, call: Call) -> Reply:
    # Mode 1 is a classic account: spot and futures each have a wallet of their own.
    return dump({"user_id": 10001, "ip_whitelist": [], "currency_pairs": [], "key": {"mode": 1}})


binance_spot = signed(signing.binance, _binance_spot)
binance_futures = signed(signing.binance, _binance_futures)
binance_futures_account = signed(signing.binance, _binance_futures_account)
mexc_spot = signed(signing.mexc, _mexc_spot)
gate_spot = signed(signing.gate, _gate_spot)
gate_futures = signed(signing.gate, _gate_futures)
gate_unified = signed(signing.gate, _gate_unified)
gate_detail = signed(signing.gate, _gate_detail)
