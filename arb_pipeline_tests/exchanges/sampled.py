"""Rows as each exchange writes them, for one symbol called ``BTC``, with every field set."""

from __future__ import annotations

import re
from typing import Any

from aiohttp import web

from arb_pipeline.model import Company, Exchange, Instrument, MarketType, now_ms
from arb_pipeline_tests.exchanges.scripted import Handler, reply

SKEW = 60_000
GATE_SIZE = "0.0001"
Rows = list[Any]


def instrument(exchange: Exchange, base: str = "BTC", symbol_id: int = 7) -> Instrument:
    """``base`` against USDT under the exchange's own id."""
    gate = exchange.company is Company.GATEIO
    futures = exchange is Exchange.GATEIO_FUTURES
    id_ = f"{base}_USDT" if gate else f"{base}USDT"
    return Instrument(symbol_id, exchange, id_, base, "USDT", GATE_SIZE if futures else "1")


def book_row(exchange: Exchange, base: str = "BTC", now: int | None = None, **cells: Any) -> Any:
    """A row of a list of books; a whole book on Gate."""
    now = now_ms() if now is None else now
    id_ = instrument(exchange, base).exchange_symbol
    row: dict[str, Any]
    if exchange.company is Company.BYBIT:
        row = {"symbol": id_, "bid1Price": "1.10", "bid1Size": "0.123456789012345678"}
        row |= {"ask1Price": "1.20", "ask1Size": "12345678901234567890.5", "time": now}
    elif exchange is Exchange.GATEIO_SPOT:
        row = {"id": 77, "current": now, "update": now - 5}
        row |= {"bids": [["1.10", "0.123456789012345678"]]}
        row |= {"asks": [["1.20", "12345678901234567890.5"]]}
    elif exchange is Exchange.GATEIO_FUTURES:
        row = {"id": 77, "current": now / 1000, "update": now / 1000}
        row |= {"bids": [{"p": "1.10", "s": "0.123456789012345678"}]}
        row |= {"asks": [{"p": "1.20", "s": "12345678901234567890.5"}]}
    else:
        row = {"symbol": id_, "bidPrice": "1.10", "bidQty": "0.123456789012345678"}
        row |= {"askPrice": "1.20", "askQty": "12345678901234567890.5"}
        if exchange is Exchange.BINANCE_FUTURES:
            row |= {"time": now, "lastUpdateId": 77}
    return {**row, **cells}


def ticker_row(exchange: Exchange, base: str = "BTC", now: int | None = None, **cells: Any) -> Any:
    """A row of 24-hour figures; with funding on Bybit's perpetuals."""
    now = now_ms() if now is None else now
    id_ = instrument(exchange, base).exchange_symbol
    futures = exchange.market_type is MarketType.FUTURES
    row: dict[str, Any]
    if exchange.company is Company.BYBIT:
        row = {"symbol": id_, "lastPrice": "1.15", "highPrice24h": "1.30", "lowPrice24h": "1.05"}
        row |= {"volume24h": "1000.5", "turnover24h": "1150.575", "time": now}
        if futures:
            row |= {"markPrice": "1.16", "indexPrice": "1.17", "fundingRate": "-0.00012"}
            row |= {"nextFundingTime": str(FUNDING), "fundingIntervalHour": "4"}
    elif exchange.company is Company.GATEIO:
        row = {"contract" if futures else "currency_pair": id_, "last": "1.15"}
        row |= {"high_24h": "1.30", "low_24h": "1.05"}
        if futures:
            row |= {"volume_24h": "10005000", "volume_24h_base": "1000"}
            row |= {"volume_24h_quote": "1150.575", "mark_price": "1.16", "index_price": "1.17"}
        else:
            row |= {"base_volume": "1000.5", "quote_volume": "1150.575"}
    else:
        row = {"symbol": id_, "lastPrice": "1.15", "highPrice": "1.30", "lowPrice": "1.05"}
        row |= {"volume": "1000.5", "quoteVolume": "1150.575", "openTime": 1, "closeTime": now}
    return {**row, **cells}


FUNDING = 1_800_000_000_000


def premium_row(base: str = "BTC", now: int | None = None, **cells: Any) -> Any:
    """A row of Binance's mark prices and funding."""
    row: dict[str, Any] = {"symbol": f"{base}USDT", "markPrice": "1.16", "indexPrice": "1.17"}
    row |= {"lastFundingRate": "-0.00012", "nextFundingTime": FUNDING, "time": now or now_ms()}
    return {**row, **cells}


def contract_row(base: str = "BTC", **cells: Any) -> Any:
    """A row of Gate's list of contracts."""
    row: dict[str, Any] = {"name": f"{base}_USDT", "mark_price": "1.16", "index_price": "1.17"}
    row |= {"funding_rate": "-0.00012", "funding_next_apply": FUNDING // 1000}
    return {**row, "funding_interval": 14_400, **cells}


def served(exchange: Exchange, rows: Rows) -> Any:
    """Rows in the exchange's envelope; on Bybit the first row's time becomes the envelope's."""
    if exchange.company is not Company.BYBIT:
        return rows
    time = next((row["time"] for row in rows if isinstance(row, dict)), now_ms())
    bare = [{k: v for k, v in row.items() if k != "time"} if isinstance(row, dict) else row
            for row in rows]  # fmt: skip
    return {"retCode": 0, "retMsg": "OK", "result": {"list": bare}, "time": time}


def is_an_hour_off(reason: str, word: str) -> bool:
    """Whether a row was refused for that; its time was taken a while before it was received."""
    found = re.fullmatch(rf"its time is (\d+) s {word} the time of receipt", reason)
    return found is not None and abs(int(found[1]) - 3600) <= 30


def by_path(**answers: Any) -> Handler:
    """Answer by the last part of the path, whatever its case."""

    async def answer(request: web.Request) -> web.Response:
        name = request.path.rsplit("/", 1)[-1].lower().replace("-", "_")
        if name not in answers:
            return reply({"code": -1, "msg": f"nothing at {request.path}"}, 404)
        body = answers[name]
        return reply(body(request) if callable(body) else body)

    return answer
