"""Gate (``/api/v4``): spot and USDT-settled perpetuals.

What belongs here: its paths and how it says no. What they answer is in the files that begin with
``gate_`` and in ``account.py``.
"""

from __future__ import annotations

from collections.abc import Callable

from arb_pipeline.model import Company, Exchange
from arb_pipeline.simulator import (
    account,
    gate_books,
    gate_symbols,
    gate_tickers,
    gate_trades,
    own_trades_paged,
)
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


def _of(exchange: Exchange | None) -> Callable[[Call], Asked]:
    return lambda call: Asked(exchange)


_SPOT, _FUTURES, _BOTH = map(_of, (Exchange.GATEIO_SPOT, Exchange.GATEIO_FUTURES, None))


def _endpoints() -> dict[str, Endpoint]:
    answers = {
        "/spot/time": ("time", _spot_time, _BOTH),
        "/spot/currencies": ("currencies", gate_symbols.currencies, _BOTH),
        "/margin/currency_pairs": ("symbols", gate_symbols.nothing, _SPOT),
        "/spot/currency_pairs": ("symbols", gate_symbols.pairs, _SPOT),
        "/futures/usdt/contracts": ("symbols", gate_symbols.contracts, _FUTURES),
        "/futures/btc/contracts": ("contracts", gate_symbols.nothing, _FUTURES),
        "/delivery/usdt/contracts": ("contracts", gate_symbols.nothing, _FUTURES),
        "/options/underlyings": ("contracts", gate_symbols.nothing, _BOTH),
        "/spot/candlesticks": ("candles", SPOT.answer, SPOT.asked),
        "/futures/usdt/candlesticks": ("candles", FUTURES.answer, FUTURES.asked),
        "/spot/tickers": ("tickers", gate_tickers.SPOT.answer, gate_tickers.SPOT.asked),
        "/futures/usdt/tickers": (
            "tickers", gate_tickers.FUTURES.answer, gate_tickers.FUTURES.asked,
        ),
        "/spot/order_book": ("order_book", gate_books.SPOT.answer, gate_books.SPOT.asked),
        "/futures/usdt/order_book": (
            "order_book", gate_books.FUTURES.answer, gate_books.FUTURES.asked,
        ),
        "/spot/trades": ("trades", gate_trades.spot, gate_trades.spot_asked),
        "/futures/usdt/trades": ("trades", gate_trades.futures, gate_trades.futures_asked),
        "/futures/usdt/funding_rate": (
            "funding_history", gate_trades.funding, gate_trades.futures_asked,
        ),
        "/spot/my_trades": (
            "account_trades", own_trades_paged.gate_spot, gate_trades.spot_asked,
        ),
        "/futures/usdt/my_trades_timerange": (
            "account_trades", own_trades_paged.gate_futures, gate_trades.futures_asked,
        ),
        "/spot/accounts": ("account", account.gate_spot, _SPOT),
        "/futures/usdt/accounts": ("account", account.gate_futures, _FUTURES),
        "/unified/accounts": ("account", account.gate_unified, _SPOT),
        "/account/detail": ("account", account.gate_detail, _BOTH),
    }  # fmt: skip
    # Gate limits every endpoint by itself, so the path is the pool.
    return {
        f"/api/v4{path}": Endpoint(name, answer, f"gate{path}", asked=asked)
        for path, (name, answer, asked) in answers.items()
    }


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
