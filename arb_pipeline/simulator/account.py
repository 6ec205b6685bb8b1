"""The accounts' own endpoints: who is signed in, and what an account without a balance holds.

What belongs here: answers to requests that only an account's owner may make. What does not:
verifying that it is the owner (``signing.py``).
"""

from __future__ import annotations

from arb_pipeline.simulator import signing
from arb_pipeline.simulator.bybit_symbols import envelope
from arb_pipeline.simulator.dialect import Call, Reply, World, dump
from arb_pipeline.simulator.signing import signed


def _spot(world: World, call: Call) -> Reply:
    return dump(
        {
            "canTrade": True,
            "canWithdraw": False,
            "canDeposit": True,
            "updateTime": call.now,
            "accountType": "SPOT",
            "balances": [],
            "permissions": ["SPOT"],
        }
    )


def _no_rows(world: World, call: Call) -> Reply:
    return dump([])


def _gate_futures(world: World, call: Call) -> Reply:
    return dump({"currency": "USDT", "total": "0", "available": "0", "unrealised_pnl": "0"})


def _bybit_key(world: World, call: Call) -> Reply:
    return envelope(
        {"readOnly": 1, "permissions": {}, "ips": ["*"], "uta": 1, "unified": 0}, call.now
    )


binance_spot = signed(signing.binance, _spot)
binance_futures = signed(signing.binance, _no_rows)
mexc_spot = signed(signing.mexc, _spot)
gate_spot = signed(signing.gate, _no_rows)
gate_futures = signed(signing.gate, _gate_futures)
bybit_key = signed(signing.bybit, _bybit_key)
