"""Bybit (``/v5``): ``category`` tells spot from linear contracts; lists come newest first.

What belongs here: its paths, parameters and payloads; lists are in ``bybit_symbols.py``.
"""

from __future__ import annotations

from arb_pipeline.model import TIMEFRAMES, Company, Timeframe
from arb_pipeline.simulator import bybit_account, bybit_tickers, bybit_trades, own_trades_paged
from arb_pipeline.simulator.bybit_symbols import (
    CATEGORIES,
    envelope,
    error,
    exchange_of,
    instruments,
)
from arb_pipeline.simulator.dialect import (
    HOUR,
    MINUTE,
    Asked,
    Call,
    Dialect,
    Endpoint,
    Refused,
    Reply,
    World,
    integer,
    served,
    window_of,
)

INTERVALS: dict[str, Timeframe] = {
    "1": TIMEFRAMES["1m"],
    "3": Timeframe("3m", 3 * MINUTE),
    "5": TIMEFRAMES["5m"],
    "15": TIMEFRAMES["15m"],
    "30": TIMEFRAMES["30m"],
    "60": TIMEFRAMES["1h"],
    "120": Timeframe("2h", 2 * HOUR),
    "240": TIMEFRAMES["4h"],
    "360": Timeframe("6h", 6 * HOUR),
    "720": Timeframe("12h", 12 * HOUR),
    "D": TIMEFRAMES["1d"],
    "W": TIMEFRAMES["1w"],
}


def _asked(call: Call) -> Asked:
    query = call.query
    start, end = integer(query.get("start")), integer(query.get("end"))
    limit = min(integer(query.get("limit")) or 200, 1000)
    timeframe = INTERVALS.get(query.get("interval", ""))
    return Asked(
        CATEGORIES.get(query.get("category", "linear")), query.get("symbol"),
        timeframe.name if timeframe else None, start, end, limit,
        window_of(start, end, limit, timeframe, call.now),
    )  # fmt: skip


def _kline(world: World, call: Call) -> Reply:
    query = call.query
    exchange = exchange_of(call)
    timeframe = INTERVALS.get(query.get("interval", ""))
    if timeframe is None:
        raise Refused(error(10001, "Invalid period!"))
    for name in ("start", "end", "limit"):
        if name in query and integer(query[name]) is None:
            raise Refused(error(10001, f"params error: {name} invalid"))
    symbol = query.get("symbol", "")
    instrument = world.listings.find(exchange, symbol, call.now)
    if instrument is None or not served(instrument, timeframe):
        raise Refused(error(10001, "Not supported symbols"))
    start, end = integer(query.get("start")), integer(query.get("end"))
    if start is not None:
        start = timeframe.floor(start)  # the candle that holds ``start`` is sent too
    rows = world.candles.page(
        instrument, timeframe, "bybit", first=start, last=end,
        limit=min(integer(query.get("limit")) or 200, 1000), now=call.now,
        newest=start is None,
    )  # fmt: skip
    category = query.get("category", "linear")
    return Reply(
        f'{{"retCode":0,"retMsg":"OK","result":{{"category":"{category}","symbol":"{symbol}",'
        f'"list":['.encode()
        + rows
        + f']}},"retExtInfo":{{}},"time":{call.now}}}'.encode()
    )


def _time(world: World, call: Call) -> Reply:
    result = {"timeSecond": str(call.now // 1000), "timeNano": str(call.now * 1_000_000)}
    return envelope(result, call.now)


DIALECT = Dialect(
    Company.BYBIT,
    endpoints={
        "/v5/market/time": Endpoint("time", _time, "bybit"),
        "/v5/market/instruments-info": Endpoint("symbols", instruments, "bybit", asked=_asked),
        "/v5/market/kline": Endpoint("candles", _kline, "bybit", asked=_asked),
        "/v5/market/tickers": Endpoint(
            "tickers", bybit_tickers.tickers, "bybit", asked=bybit_tickers.asked
        ),
        "/v5/market/orderbook": Endpoint(
            "order_book", bybit_tickers.order_book, "bybit", asked=bybit_tickers.asked
        ),
        "/v5/market/recent-trade": Endpoint(
            "trades", bybit_trades.recent, "bybit", asked=bybit_trades.asked
        ),
        "/v5/market/funding/history": Endpoint(
            "funding_history", bybit_trades.funding, "bybit", asked=bybit_trades.asked
        ),
        "/v5/execution/list": Endpoint(
            "account_trades", own_trades_paged.bybit, "bybit", asked=bybit_trades.asked
        ),
        "/v5/user/query-api": Endpoint("account", bybit_account.key, "bybit"),
        "/v5/account/info": Endpoint("account", bybit_account.info, "bybit"),
        "/v5/account/wallet-balance": Endpoint("account", bybit_account.wallet, "bybit"),
    },
    errors={
        "invalid_symbol": lambda: error(10001, "Not supported symbols"),
        "server_error": lambda: error(10016, "Server error."),
    },
    too_many=lambda: error(10006, "Too many visits. Exceeded the API Rate Limit.", 429),
    banned=lambda until: Reply(b"403, access too frequent", 403, content_type="text/html"),
    not_found=lambda: Reply(b"404 page not found", 404, content_type="text/plain"),
    usage=lambda used, capacity, reset: {},
)
