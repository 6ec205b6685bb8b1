"""CPU of one sample, per exchange and data set: everything this process does but the network.

Run: ``uv run python -m arb_pipeline_tests.benchmarks.bench_sampling``. Every list holds 2000
symbols, as wide as the real ones, of which 20 are wanted; a server in another process sends them
ready-made. Times are process CPU, the median of many samples: signing, HTTP, JSON, picking,
records. What one beat costs an exchange is the sum of its lines; 30 ms are allowed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from aiohttp import ClientError, ClientSession, web
from rich.console import Console
from rich.table import Table

from arb_pipeline.exchanges import Connection, ExchangeClient, open_exchanges
from arb_pipeline.exchanges.funding import fetch_funding_rates
from arb_pipeline.exchanges.tickers import fetch_book_tickers, fetch_tickers
from arb_pipeline.model import Exchange, MarketType
from arb_pipeline.ports import any_free_port
from arb_pipeline_tests.exchanges.sampled import (
    book_row,
    contract_row,
    instrument,
    premium_row,
    served,
    ticker_row,
)

LISTED, WANTED, REPEATS = 2000, 20, 30
NAMES = [f"C{number}" for number in range(LISTED)]
ANY_CLOCK = 10**10  # the lists were made when the server started


def _wide(row: dict[str, Any], fields: int) -> dict[str, Any]:
    """The row with fields nobody reads, as many as the real one has."""
    return {**row, **{f"otherField{number}": "12345.67890000" for number in range(fields)}}


def _body(exchange: Exchange, endpoint: str) -> str:
    """The whole list of an endpoint."""
    if endpoint == "premiumIndex":
        return json.dumps([_wide(premium_row(name), 2) for name in NAMES])
    if endpoint == "contracts":
        return json.dumps([_wide(contract_row(name), 35) for name in NAMES])
    if endpoint == "bookTicker":
        return json.dumps(served(exchange, [book_row(exchange, name) for name in NAMES]))
    book: dict[str, Any] = {
        "bid1Price": "1.1",
        "bid1Size": "1",
        "ask1Price": "1.2",
        "ask1Size": "1",
    }
    rows = [_wide(ticker_row(exchange, name, **book), 8) for name in NAMES]
    return json.dumps(served(exchange, rows))


def serve(port: int) -> None:
    """Serve ``/<exchange>/…`` until the process is ended."""
    bodies: dict[tuple[str, str], str] = {}

    async def answer(request: web.Request) -> web.Response:
        first, _, path = request.path.lstrip("/").partition("/")
        endpoint = path.rpartition("/")[2]
        if endpoint in ("", "fundingInfo"):
            return web.json_response([])
        exchange = Exchange(first)
        if endpoint == "order_book":
            return web.json_response(book_row(exchange))
        if (first, endpoint) not in bodies:
            bodies[first, endpoint] = _body(exchange, endpoint)
        body = bodies[first, endpoint]
        if "symbols" in request.query:
            names = set(json.loads(request.query["symbols"]))
            body = json.dumps([row for row in json.loads(body) if row["symbol"] in names])
        return web.Response(text=body, content_type="application/json")

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


async def milliseconds(fetch: Callable[..., Any], client: ExchangeClient) -> float:
    """Median CPU of one sample."""
    wanted = [
        instrument(client.exchange, NAMES[number], number + 1)
        for number in range(0, LISTED, LISTED // WANTED)
    ]
    spent = []
    for _ in range(REPEATS):
        began = time.process_time_ns()
        page = await fetch(client, wanted, skew_ms=ANY_CLOCK)
        spent.append((time.process_time_ns() - began) / 1e6)
        if len(page.rows) != WANTED:
            raise RuntimeError(f"{client.exchange}: {len(page.rows)} rows, {page.rejected[:1]}")
    return statistics.median(spent)


async def measure(url: str) -> None:
    """One line per exchange and data set."""
    table = Table("exchange", "data set", title=f"{LISTED} listed, {WANTED} wanted")
    for heading in ("ms of CPU", "MB received"):
        table.add_column(heading, justify="right")
    sums: dict[Exchange, float] = defaultdict(float)
    for exchange in Exchange:
        connection = Connection(f"{url}/{exchange}")
        async with open_exchanges({exchange.company: connection}, rate_safety=1.0) as exchanges:
            for fetch in (fetch_book_tickers, fetch_tickers, fetch_funding_rates):
                if fetch is fetch_funding_rates and exchange.market_type is MarketType.SPOT:
                    continue
                before = exchanges[exchange].counters.received_bytes
                spent = await milliseconds(fetch, exchanges[exchange])
                received = exchanges[exchange].counters.received_bytes - before
                sums[exchange] += spent
                name = fetch.__name__.removeprefix("fetch_")
                table.add_row(exchange, name, f"{spent:.1f}", f"{received / REPEATS / 1e6:.2f}")
        table.add_row(exchange, "together", f"[bold]{sums[exchange]:.1f}", "", end_section=True)
    Console().print(table)


async def _answering(url: str) -> None:
    async with ClientSession() as session:
        for _ in range(200):
            try:
                async with session.get(url):
                    return
            except ClientError:
                await asyncio.sleep(0.1)
    raise TimeoutError(f"nobody answers at {url}")


async def _measured(url: str) -> None:
    await _answering(url)
    await measure(url)


def main() -> None:
    """Serve and measure."""
    port = any_free_port("127.0.0.1")
    server = subprocess.Popen([sys.executable, "-m", __spec__.name, "--serve", str(port)])
    try:
        asyncio.run(_measured(f"http://127.0.0.1:{port}"))
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--serve", type=int, metavar="PORT")
    asked = parser.parse_args()
    if asked.serve:
        serve(asked.serve)
    else:
        main()
