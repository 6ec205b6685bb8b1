"""Binance, spot (``/api/v3``) and USDT-margined futures (``/fapi/v1``).

What belongs here: its paths, weights and how it says no. Candles are in ``binance_klines.py``,
lists of symbols in ``binance_symbols.py``; MEXC builds on both with other limits.
"""

from __future__ import annotations

from arb_pipeline.model import Company, Exchange
from arb_pipeline.simulator import account, binance_symbols
from arb_pipeline.simulator.binance_klines import INTERVALS, Klines, error, invalid_symbol
from arb_pipeline.simulator.dialect import (
    Call,
    Dialect,
    Endpoint,
    Reply,
    World,
    dump,
    integer,
)


def server_time(world: World, call: Call) -> Reply:
    """The exchange's clock."""
    return dump({"serverTime": call.now})


def _futures_weight(call: Call) -> int:
    limit = integer(call.query.get("limit")) or 500
    return 1 if limit < 100 else 2 if limit < 500 else 5 if limit <= 1000 else 10


_SPOT = Klines(Exchange.BINANCE_SPOT, "binance", INTERVALS, 500, 1000)
_FUTURES = Klines(Exchange.BINANCE_FUTURES, "binance", INTERVALS, 500, 1500, clamps=False)


def _ping(world: World, call: Call) -> Reply:
    return dump({})


def _too_many() -> Reply:
    return error(
        -1003,
        "Too much request weight used; current limit is exceeded. Please use WebSocket Streams "
        "for live updates to avoid polling the API.",
        429,
    )


def _banned(until: int) -> Reply:
    return error(
        -1003,
        f"Way too much request weight used; IP banned until {until}. Please use WebSocket Streams "
        "for live updates to avoid bans.",
        418,
    )


def _usage(used: int, capacity: int, reset_seconds: float) -> dict[str, str]:
    return {"X-MBX-USED-WEIGHT": str(used), "X-MBX-USED-WEIGHT-1M": str(used)}


DIALECT = Dialect(
    Company.BINANCE,
    endpoints={
        "/api/v3/ping": Endpoint("time", _ping, "binance-spot"),
        "/api/v3/time": Endpoint("time", server_time, "binance-spot"),
        "/api/v3/exchangeInfo": Endpoint(
            "symbols", binance_symbols.spot, "binance-spot", lambda call: 20
        ),
        "/api/v3/klines": Endpoint(
            "candles", _SPOT.answer, "binance-spot", lambda call: 2, _SPOT.asked
        ),
        "/api/v3/account": Endpoint(
            "account", account.binance_spot, "binance-spot", lambda call: 20
        ),
        "/fapi/v1/ping": Endpoint("time", _ping, "binance-futures"),
        "/fapi/v1/time": Endpoint("time", server_time, "binance-futures"),
        "/fapi/v1/exchangeInfo": Endpoint("symbols", binance_symbols.futures, "binance-futures"),
        "/dapi/v1/exchangeInfo": Endpoint(
            "contracts", binance_symbols.coin_margined, "binance-futures"
        ),
        "/fapi/v1/klines": Endpoint(
            "candles", _FUTURES.answer, "binance-futures", _futures_weight, _FUTURES.asked
        ),
        "/fapi/v2/balance": Endpoint(
            "account", account.binance_futures, "binance-futures", lambda call: 5
        ),
    },
    errors={
        "invalid_symbol": invalid_symbol,
        "server_error": lambda: error(
            -1000, "An unknown error occurred while processing the request.", 500
        ),
    },
    too_many=_too_many,
    banned=_banned,
    not_found=lambda: error(0, "Path not found.", 404),
    usage=_usage,
)
