"""Gate (``/api/v4``): spot and USDT-settled perpetuals.

What belongs here: its paths and how it says no. Candles are in ``gate_candles.py``, lists of
symbols in ``gate_symbols.py``.
"""

from __future__ import annotations

from arb_pipeline.model import Company
from arb_pipeline.simulator import account, gate_symbols
from arb_pipeline.simulator.dialect import Asked, Call, Dialect, Endpoint, Reply, World, dump
from arb_pipeline.simulator.gate_candles import FUTURES, SPOT, error, unknown_pair


def _spot_time(world: World, call: Call) -> Reply:
    return dump({"server_time": call.now})


def _too_many() -> Reply:
    return error("TOO_MANY_REQUESTS", "Request Rate limit Exceeded", 429)


def _banned(until: int) -> Reply:
    return error("IP_FORBIDDEN", "IP is blocked", 403)


def _usage(used: int, capacity: int, reset_seconds: float) -> dict[str, str]:
    return {
        "X-Gate-RateLimit-Requests-Remain": str(max(0, capacity - used)),
        "X-Gate-RateLimit-Limit": str(capacity),
        "X-Gate-RateLimit-Reset-Timestamp": str(int(reset_seconds)),
    }


def _endpoints() -> dict[str, Endpoint]:
    answers = {
        "/spot/time": ("time", _spot_time, _unread),
        "/spot/currencies": ("currencies", gate_symbols.currencies, _unread),
        "/margin/currency_pairs": ("symbols", gate_symbols.nothing, _unread),
        "/spot/currency_pairs": ("symbols", gate_symbols.pairs, _unread),
        "/futures/usdt/contracts": ("symbols", gate_symbols.contracts, _unread),
        "/futures/btc/contracts": ("contracts", gate_symbols.nothing, _unread),
        "/delivery/usdt/contracts": ("contracts", gate_symbols.nothing, _unread),
        "/options/underlyings": ("contracts", gate_symbols.nothing, _unread),
        "/spot/candlesticks": ("candles", SPOT.answer, SPOT.asked),
        "/futures/usdt/candlesticks": ("candles", FUTURES.answer, FUTURES.asked),
        "/spot/accounts": ("account", account.gate_spot, _unread),
        "/futures/usdt/accounts": ("account", account.gate_futures, _unread),
    }
    # Gate limits every endpoint by itself, so the path is the pool.
    return {
        f"/api/v4{path}": Endpoint(name, answer, f"gate{path}", asked=asked)
        for path, (name, answer, asked) in answers.items()
    }


def _unread(call: Call) -> Asked:
    return Asked()


DIALECT = Dialect(
    Company.GATEIO,
    endpoints=_endpoints(),
    errors={
        "invalid_symbol": unknown_pair,
        "server_error": lambda: error("SERVER_ERROR", "Internal server error", 500),
    },
    too_many=_too_many,
    banned=_banned,
    not_found=lambda: error("NOT_FOUND", "Not found", 404),
    usage=_usage,
)
