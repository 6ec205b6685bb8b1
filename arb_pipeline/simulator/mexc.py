"""MEXC spot (``/api/v3``), Binance's dialect with its own names and a page of 500.

What belongs here: what differs from ``binance.py``, and the list of contracts, which clients load
with the spot symbols although contracts are not collected.
"""

from __future__ import annotations

from arb_pipeline.model import TIMEFRAMES, Company, Exchange
from arb_pipeline.simulator import account, binance_trades, own_trades
from arb_pipeline.simulator.binance import server_time
from arb_pipeline.simulator.binance_depth import MEXC as DEPTH
from arb_pipeline.simulator.binance_klines import Klines, error, invalid_symbol
from arb_pipeline.simulator.binance_tickers import MEXC_BOOK_TICKERS, MEXC_TICKERS, one_or_all
from arb_pipeline.simulator.dialect import Asked, Call, Dialect, Endpoint, Reply, World, dump
from arb_pipeline.simulator.instruments import step

_PATHS = {name: TIMEFRAMES[name] for name in ("1m", "5m", "15m", "30m", "4h", "1d")}
INTERVALS = {**_PATHS, "60m": TIMEFRAMES["1h"], "1W": TIMEFRAMES["1w"]}
_KLINES = Klines(
    Exchange.MEXC_SPOT,
    "mexc",
    INTERVALS,
    default=500,
    maximum=500,  # documented as 1000, but 500 is what comes
    end_inclusive=False,
    interval_error=lambda: error(-1121, "Invalid interval."),
)


def _symbols(world: World, call: Call) -> Reply:
    symbols = [
        {
            "symbol": instrument.id,
            "status": "1" if instrument.is_trading(call.now) else "3",
            "baseAsset": instrument.base,
            "baseAssetPrecision": instrument.quantity_decimals,
            "quoteAsset": instrument.quote,
            "quotePrecision": instrument.price_decimals,
            "quoteAssetPrecision": instrument.price_decimals,
            "baseCommissionPrecision": instrument.quantity_decimals,
            "quoteCommissionPrecision": instrument.price_decimals,
            "orderTypes": ["LIMIT", "MARKET", "LIMIT_MAKER"],
            "isSpotTradingAllowed": instrument.is_trading(call.now),
            "isMarginTradingAllowed": False,
            "quoteAmountPrecision": "1",
            "baseSizePrecision": step(instrument.quantity_decimals),
            "permissions": ["SPOT"],
            "filters": [],
            "maxQuoteAmount": "2000000",
            "makerCommission": "0",
            "takerCommission": "0.0005",
            "fullName": instrument.base,
        }
        for instrument in world.listings.all(Exchange.MEXC_SPOT, call.now)
    ]
    return dump(
        {
            "timezone": "CST",
            "serverTime": call.now,
            "rateLimits": [],
            "exchangeFilters": [],
            "symbols": symbols,
        }
    )


def _contracts(world: World, call: Call) -> Reply:
    contract = {
        "symbol": "BTC_USDT",
        "displayNameEn": "BTC_USDT PERPETUAL",
        "baseCoin": "BTC",
        "quoteCoin": "USDT",
        "settleCoin": "USDT",
        "contractSize": 0.0001,
        "minLeverage": 1,
        "maxLeverage": 200,
        "priceScale": 1,
        "volScale": 0,
        "priceUnit": 0.1,
        "volUnit": 1,
        "minVol": 1,
        "maxVol": 1_000_000,
        "takerFeeRate": 0.0002,
        "makerFeeRate": 0,
        "state": 0,
    }
    return dump({"success": True, "code": 0, "data": [contract]})


def _ping(world: World, call: Call) -> Reply:
    return dump({})


def _asked(call: Call) -> Asked:
    return Asked(Exchange.MEXC_SPOT)


def _asked_between(call: Call) -> Asked:
    return binance_trades.asked(Exchange.MEXC_SPOT, call)


def _blocked(until: int) -> Reply:
    return error(403, "Access Denied", 403)


DIALECT = Dialect(
    Company.MEXC,
    endpoints={
        "/api/v3/ping": Endpoint("time", _ping, "mexc", asked=_asked),
        "/api/v3/time": Endpoint("time", server_time, "mexc", asked=_asked),
        "/api/v3/exchangeInfo": Endpoint("symbols", _symbols, "mexc", lambda call: 10, _asked),
        "/api/v3/klines": Endpoint("candles", _KLINES.answer, "mexc", asked=_KLINES.asked),
        "/api/v3/ticker/24hr": Endpoint(
            "tickers", MEXC_TICKERS.answer, "mexc", one_or_all(1, 25), MEXC_TICKERS.asked
        ),
        "/api/v3/ticker/bookTicker": Endpoint(
            "book_tickers",
            MEXC_BOOK_TICKERS.answer,
            "mexc",
            one_or_all(1, 10),
            MEXC_BOOK_TICKERS.asked,
        ),
        "/api/v3/depth": Endpoint("order_book", DEPTH.answer, "mexc", DEPTH.weight, DEPTH.asked),
        "/api/v3/aggTrades": Endpoint("trades", binance_trades.mexc, "mexc", asked=_asked_between),
        "/api/v3/myTrades": Endpoint(
            "account_trades", own_trades.mexc, "mexc", lambda call: 10, _asked_between
        ),
        "/api/v3/account": Endpoint("account", account.mexc_spot, "mexc", lambda call: 10, _asked),
        "/api/v1/contract/detail": Endpoint("contracts", _contracts, "mexc"),
    },
    errors={
        "invalid_symbol": invalid_symbol,
        "server_error": lambda: error(500, "Internal error", 500),
    },
    too_many=lambda: error(429, "Too Many Requests", 429),
    banned=_blocked,
    not_found=lambda: error(404, "Not Found", 404),
    usage=lambda used, capacity, reset: {},
)
