"""What the pipeline is measured against: the same candles fetched by ccxt, and by nothing at all.

Run by ``bench_peers`` as a process of its own: ``python -m … peers ccxt|raw URL FROM TO``, times in
milliseconds. Neither stores anything.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

SYMBOLS = ("BTC/USDT", "ETH/USDT", "SOL/USDT", "XRP/USDT", "DOGE/USDT")
MINUTE = 60_000
PAGE = 1000
AT_ONCE = 32


def ccxt_urls(base: str) -> dict[str, Any]:
    """Ccxt's ``urls`` for Binance on the simulator; every section, so that nothing goes out."""
    paths = {
        "public": "/api/v3",
        "private": "/api/v3",
        "v1": "/api/v1",
        "sapi": "/sapi/v1",
        "fapiPublic": "/fapi/v1",
        "dapiPublic": "/dapi/v1",
        "eapiPublic": "/eapi/v1",
    }
    return {"api": {name: base + path for name, path in paths.items()}}


def starts(first: int, end: int) -> list[tuple[str, int]]:
    """Every page: symbol and first open time, all symbols side by side."""
    return [(symbol, at) for at in range(first, end, PAGE * MINUTE) for symbol in SYMBOLS]


async def with_ccxt(base: str, first: int, end: int) -> int:
    """As fast as ccxt goes: its rolling window, all pages at once, its unified parser."""
    import ccxt.async_support as ccxt

    exchange = ccxt.binance(
        {
            "urls": ccxt_urls(base),
            "enableRateLimit": True,
            "rateLimiterAlgorithm": "rollingWindow",
            "maxRequestsQueue": 10_000,
            "options": {"defaultType": "spot", "fetchMarkets": {"types": ["spot"]}},
        }
    )
    turns = asyncio.Semaphore(AT_ONCE)

    async def page(symbol: str, start: int) -> int:
        async with turns:
            limit = min(PAGE, (end - start) // MINUTE)
            return len(await exchange.fetch_ohlcv(symbol, "1m", since=start, limit=limit))

    try:
        await exchange.load_markets()
        return sum(await asyncio.gather(*(page(*one) for one in starts(first, end))))
    finally:
        await exchange.close()


async def with_nothing(base: str, first: int, end: int) -> int:
    """Bare requests and the fastest JSON parser."""
    import aiohttp
    import orjson

    turns = asyncio.Semaphore(AT_ONCE)
    async with aiohttp.ClientSession(f"{base}/api/v3/".replace("//api", "/api")) as session:

        async def page(symbol: str, start: int) -> int:
            parameters = {
                "symbol": symbol.replace("/", ""),
                "interval": "1m",
                "startTime": str(start),
                "limit": str(min(PAGE, (end - start) // MINUTE)),
            }
            async with turns, session.get("klines", params=parameters) as answer:
                answer.raise_for_status()
                return len(orjson.loads(await answer.read()))

        return sum(await asyncio.gather(*(page(*one) for one in starts(first, end))))


if __name__ == "__main__":
    way, url, since, until = sys.argv[1:]
    work = {"ccxt": with_ccxt, "raw": with_nothing}[way]
    print(asyncio.run(work(url, int(since), int(until))))
