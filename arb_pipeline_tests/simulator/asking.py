"""How the tests of this room ask the simulator: without a socket, over HTTP, through ccxt."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import ccxt.async_support as ccxt
import numpy as np
from yarl import URL

from arb_pipeline.model import TIMEFRAMES, Company, Exchange, Timeframe
from arb_pipeline.simulator import Simulator, market
from arb_pipeline.simulator.instruments import SimulatedInstrument

MINUTE = 60_000
NOW = 1_760_000_030_000  # 2025-10-09 08:53:50 UTC


@dataclass(frozen=True)
class Reply:
    """Status, headers and decoded body."""

    status: int
    headers: dict[str, str]
    body: Any


def ask(simulator: Simulator, path: str, **query: object) -> Reply:
    """One request answered without a socket; ``path`` begins with the company's prefix."""
    return ask_with(simulator, {}, path, **query)


def ask_with(simulator: Simulator, headers: dict[str, str], path: str, **query: object) -> Reply:
    """``ask`` with headers."""
    prefix, _, rest = path.partition("/")
    text = {name: str(value) for name, value in query.items()}
    outcome = simulator.service.answer(prefix, "GET", f"/{rest}", text, headers)
    assert outcome is not None
    reply = outcome.reply
    body = json.loads(reply.body) if reply.content_type == "application/json" else reply.body
    return Reply(reply.status, reply.headers, body)


async def arrived(simulator: Simulator, count: int = 1) -> None:
    """Return when a served simulator has got so many requests."""
    for _ in range(3000):
        if len(simulator.requests) >= count:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{len(simulator.requests)} of {count} requests came")


# How each exchange is asked for 1m candles of BTC: path, fixed parameters, names of the others.
CANDLES: dict[Exchange, tuple[str, dict[str, str], str, str]] = {
    Exchange.BINANCE_SPOT: ("binance/api/v3/klines", {"symbol": "BTCUSDT"}, "startTime", "endTime"),
    Exchange.BINANCE_FUTURES: (
        "binance/fapi/v1/klines", {"symbol": "BTCUSDT"}, "startTime", "endTime",
    ),
    Exchange.MEXC_SPOT: ("mexc/api/v3/klines", {"symbol": "BTCUSDT"}, "startTime", "endTime"),
    Exchange.GATEIO_SPOT: (
        "gate/api/v4/spot/candlesticks", {"currency_pair": "BTC_USDT"}, "from", "to",
    ),
    Exchange.GATEIO_FUTURES: (
        "gate/api/v4/futures/usdt/candlesticks", {"contract": "BTC_USDT"}, "from", "to",
    ),
    Exchange.BYBIT_SPOT: (
        "bybit/v5/market/kline", {"category": "spot", "symbol": "BTCUSDT"}, "start", "end",
    ),
    Exchange.BYBIT_FUTURES: (
        "bybit/v5/market/kline", {"category": "linear", "symbol": "BTCUSDT"}, "start", "end",
    ),
}  # fmt: skip


def candle_query(exchange: Exchange, start: int, end: int) -> tuple[str, dict[str, str]]:
    """Path and query for the 1m candles of BTC/USDT that open in ``[start, end]``."""
    path, fixed, first, last = CANDLES[exchange]
    unit = 1000 if exchange.company is Company.GATEIO else 1
    # MEXC leaves out the candle that opens exactly at the end.
    end += 1 if exchange is Exchange.MEXC_SPOT else 0
    interval = "1" if exchange.company is Company.BYBIT else "1m"
    query = {**fixed, "interval": interval, first: str(start // unit), last: str(end // unit)}
    if exchange.company is not Company.GATEIO:
        query["limit"] = "1000"
    return path, query


def rows_of(body: Any) -> list[Any]:
    """The rows of a page of candles of any dialect."""
    rows = body["result"]["list"] if isinstance(body, dict) else body
    assert isinstance(rows, list)
    return rows


def times_of(body: Any) -> list[int]:
    """Open times in milliseconds, in wire order."""
    times = [int(row["t"] if isinstance(row, dict) else row[0]) for row in rows_of(body)]
    return [time * 1000 if time < 10**11 else time for time in times]


def written(value: int, decimals: int, padded: int = 0) -> str:
    """A whole number of 10^-decimals as text; the tests' own way of writing decimals."""
    digits = str(value).rjust(decimals + 1, "0")
    text = f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
    if padded:
        text = text if decimals else text + "."
        text += "0" * (padded - decimals)
    return text


def expected_rows(
    instrument: SimulatedInstrument, start: int, end: int, timeframe: Timeframe = TIMEFRAMES["1m"]
) -> list[list[Any]]:
    """The model's candles in ``[start, end)`` as ccxt must return them with ``number = str``."""
    candles = market.aggregate(market.minutes(instrument, start, end), timeframe)
    padded = 8 if instrument.exchange is Exchange.BINANCE_SPOT else 0
    price, lot = instrument.price_decimals, instrument.quantity_decimals
    return [
        [
            int(candles.time[n]),
            *(
                written(int(np.asarray(column)[n]), price, padded)
                for column in (candles.open, candles.high, candles.low, candles.close)
            ),
            written(int(candles.quantity[n]), lot, padded),
        ]
        for n in range(len(candles.time))
    ]


_HOSTS = {
    "api.binance.com": "binance",
    "fapi.binance.com": "binance",
    "dapi.binance.com": "binance",
    "api.mexc.com": "mexc",
    "contract.mexc.com": "mexc",
    "api.gateio.ws": "gate",
    "api.bybit.com": "bybit",
}
_OPTIONS: dict[Company, dict[str, Any]] = {
    Company.BINANCE: {"fetchMarkets": {"types": ["spot", "linear"]}},
    Company.MEXC: {},
    Company.GATEIO: {
        "fetchMarkets": {"types": ["spot", "swap"]},
        "swap": {"fetchMarkets": {"settlementCurrencies": ["usdt"]}},
    },
    Company.BYBIT: {"fetchMarkets": {"types": ["spot", "linear"]}},
}


@asynccontextmanager
async def unmodified_client(
    company: Company, base_url: str, *, configured: bool = True
) -> AsyncIterator[Any]:
    """ccxt's own client; only the host of its requests is exchanged, in the session.

    Args:
        configured: load only the markets that are collected; otherwise ccxt's default.
    """

    async def redirect(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        host = str(request.url.host)
        address = str(request.url).replace(f"https://{host}", f"{base_url}/{_HOSTS[host]}", 1)
        request.url = URL(address, encoded=True)
        return await handler(request)

    async with aiohttp.ClientSession(middlewares=(redirect,)) as session:
        build = {
            Company.BINANCE: ccxt.binance,
            Company.MEXC: ccxt.mexc,
            Company.GATEIO: ccxt.gate,
            Company.BYBIT: ccxt.bybit,
        }[company]
        client = build({"session": session, "options": _OPTIONS[company], "enableRateLimit": False})
        client.number = str
        client.timeout_on_exit = 0  # a wait for sockets, which are the session's here
        try:
            yield client
        finally:
            await client.close()
