"""Binance, spot (``/api/v3``) and USDT-margined futures (``/fapi/v1``).

What belongs here: its paths, weights and how it says no. What they answer is in the files that
begin with ``binance_`` and in ``account.py``; MEXC builds on them with other limits.
"""

from __future__ import annotations

from collections.abc import Callable

from arb_pipeline.model import Company, Exchange
from arb_pipeline.simulator import account, binance_symbols, binance_trades, own_trades
from arb_pipeline.simulator import binance_depth as depth
from arb_pipeline.simulator.binance_funding import PREMIUM_INDEX, funding_info, funding_rate
from arb_pipeline.simulator.binance_klines import INTERVALS, Klines, error, invalid_symbol
from arb_pipeline.simulator.binance_tickers import (
    FUTURES_BOOK_TICKERS,
    FUTURES_TICKERS,
    SPOT_BOOK_TICKERS,
    SPOT_TICKERS,
    one_or_all,
    spot_ticker_weight,
)
from arb_pipeline.simulator.dialect import (
    Asked,
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


def _endpoints_of(exchange: Exchange, pool: str) -> Callable[..., Endpoint]:
    """Builds the endpoints of one market: name, answer, weight (1), what is asked (anything)."""

    def endpoint(
        name: str,
        answer: Callable[[World, Call], Reply],
        weight: int | Callable[[Call], int] = 1,
        asked: Callable[[Call], Asked] = lambda call: Asked(exchange),
    ) -> Endpoint:
        cost = (lambda call: weight) if isinstance(weight, int) else weight
        return Endpoint(name, answer, pool, cost, asked)

    return endpoint


_spot = _endpoints_of(Exchange.BINANCE_SPOT, "binance-spot")
_futures = _endpoints_of(Exchange.BINANCE_FUTURES, "binance-futures")


DIALECT = Dialect(
    Company.BINANCE,
    endpoints={
        "/api/v3/ping": _spot("time", _ping),
        "/api/v3/time": _spot("time", server_time),
        "/api/v3/exchangeInfo": _spot("symbols", binance_symbols.spot, 20),
        "/api/v3/klines": _spot("candles", _SPOT.answer, 2, _SPOT.asked),
        "/api/v3/ticker/24hr": _spot(
            "tickers", SPOT_TICKERS.answer, spot_ticker_weight, SPOT_TICKERS.asked
        ),
        "/api/v3/ticker/bookTicker": _spot(
            "book_tickers", SPOT_BOOK_TICKERS.answer, one_or_all(2, 4), SPOT_BOOK_TICKERS.asked
        ),
        "/api/v3/depth": _spot(
            "order_book", depth.SPOT.answer, depth.SPOT.weight, depth.SPOT.asked
        ),
        "/api/v3/aggTrades": _spot(
            "trades", binance_trades.SPOT.answer, 4, binance_trades.SPOT.asked
        ),
        "/api/v3/account": _spot("account", account.binance_spot, 20),
        "/api/v3/myTrades": _spot(
            "account_trades",
            own_trades.binance_spot,
            20,
            lambda call: binance_trades.asked(Exchange.BINANCE_SPOT, call),
        ),
        "/fapi/v1/ping": _futures("time", _ping),
        "/fapi/v1/time": _futures("time", server_time),
        "/fapi/v1/exchangeInfo": _futures("symbols", binance_symbols.futures),
        "/dapi/v1/exchangeInfo": _futures("contracts", binance_symbols.coin_margined),
        "/fapi/v1/klines": _futures("candles", _FUTURES.answer, _futures_weight, _FUTURES.asked),
        "/fapi/v1/ticker/24hr": _futures(
            "tickers", FUTURES_TICKERS.answer, one_or_all(1, 40), FUTURES_TICKERS.asked
        ),
        "/fapi/v1/ticker/bookTicker": _futures(
            "book_tickers",
            FUTURES_BOOK_TICKERS.answer,
            one_or_all(2, 5),
            FUTURES_BOOK_TICKERS.asked,
        ),
        "/fapi/v1/depth": _futures(
            "order_book", depth.FUTURES.answer, depth.FUTURES.weight, depth.FUTURES.asked
        ),
        "/fapi/v1/premiumIndex": _futures(
            "funding_rates", PREMIUM_INDEX.answer, one_or_all(1, 10), PREMIUM_INDEX.asked
        ),
        # Counted by itself on the real one, 500 in 5 minutes; here it costs nothing.
        "/fapi/v1/fundingInfo": _futures("funding_rates", funding_info, 0),
        "/fapi/v1/fundingRate": _futures(
            "funding_history",
            funding_rate,
            asked=lambda call: binance_trades.asked(Exchange.BINANCE_FUTURES, call),
        ),
        "/fapi/v1/aggTrades": _futures(
            "trades", binance_trades.FUTURES.answer, 20, binance_trades.FUTURES.asked
        ),
        "/fapi/v1/userTrades": _futures(
            "account_trades",
            own_trades.binance_futures,
            5,
            lambda call: binance_trades.asked(Exchange.BINANCE_FUTURES, call),
        ),
        "/fapi/v2/balance": _futures("account", account.binance_futures, 5),
        "/fapi/v3/balance": _futures("account", account.binance_futures, 5),
        "/fapi/v3/account": _futures("account", account.binance_futures_account, 5),
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
