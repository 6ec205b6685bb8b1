"""CPU of one page of candles, per dialect: JSON, rows, and the whole request.

Run: ``uv run python -m arb_pipeline_tests.benchmarks.bench_parse``. Times are process CPU, the
median of many pages. "glance" is the way of nearly every page, from bytes to checked columns, and
"COPY" what writes those; "JSON", exact, and "rows", by columns or "careful", are the way of a page
in which anything is missing or unusual. "request" is everything this process does for a page that
is fetched over HTTP from a server in another process: signing, HTTP, glance and page.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Callable, Mapping
from functools import partial

from rich.console import Console
from rich.table import Table

from arb_pipeline.exchanges import Connection, ExchangeClient, open_exchanges
from arb_pipeline.exchanges.candle_dialects import CANDLE_DIALECTS
from arb_pipeline.exchanges.candle_rows import RowReader
from arb_pipeline.exchanges.candles import candle_pages
from arb_pipeline.exchanges.catalog import capability
from arb_pipeline.exchanges.shapes import rows_at
from arb_pipeline.model import (
    TIMEFRAMES,
    CandlePage,
    Company,
    DataSet,
    Exchange,
    Instrument,
    Interval,
    now_ms,
)
from arb_pipeline.storage.copy_text import candle_text
from arb_pipeline_tests.benchmarks.parts import served_simulator

M1 = TIMEFRAMES["1m"]
REPEATS = 200
PAGES = 50


def microseconds(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Median CPU of one call."""
    spent = []
    for _ in range(repeats):
        began = time.process_time_ns()
        work()
        spent.append((time.process_time_ns() - began) / 1000)
    return statistics.median(spent)


async def whole_pages(client: ExchangeClient, instrument: Instrument, window: Interval) -> float:
    """CPU per page, everything included."""
    pages = 0
    began = time.process_time_ns()
    async for page in candle_pages(client, instrument, M1, window, grace_ms=2000):
        pages += 1
        if page.rejected or page.absent:
            raise RuntimeError(f"{page.asked} is not clean")
    return (time.process_time_ns() - began) / 1000 / pages


async def measure(urls: Mapping[Company, str], table: Table) -> None:
    """One line per exchange."""
    connections = {company: Connection(base_url=url) for company, url in urls.items()}
    async with open_exchanges(connections, rate_safety=1.0) as exchanges:
        for exchange in Exchange:
            size = capability(exchange, DataSet.CANDLES, "1m").page_size
            symbol = "BTC_USDT" if exchange.company is Company.GATEIO else "BTCUSDT"
            factor = "0.0001" if exchange is Exchange.GATEIO_FUTURES else "1"
            instrument = Instrument(1, exchange, symbol, "BTC", "USDT", contract_size=factor)
            end = M1.floor(now_ms()) - 10 * M1.milliseconds
            window = Interval(end - size * M1.milliseconds, end)
            dialect = CANDLE_DIALECTS[exchange]
            payload = await exchanges[exchange].call(
                dialect.method,
                dialect.request(instrument, M1, window),
                weight=1,
                expect=lambda payload: payload,
                subject="benchmark",
            )
            reader = RowReader(dialect, M1, factor)
            rows = rows_at(*dialect.path)(payload)
            text = json.dumps(payload)
            body = text.encode()
            seen = reader.glance(body, window)
            if seen is None:
                raise RuntimeError(f"{exchange}: the page is not whole")
            page = CandlePage(instrument, M1, window, seen.rows)
            pages = 4 if exchange.company is Company.GATEIO else PAGES
            long_window = Interval(end - pages * size * M1.milliseconds, end)
            await whole_pages(exchanges[exchange], instrument, long_window)  # warms the simulator
            whole = await whole_pages(exchanges[exchange], instrument, long_window)
            parse_json = microseconds(partial(json.loads, text, parse_float=str))
            glance = microseconds(partial(reader.glance, body, window))
            copied = microseconds(partial(candle_text, page, seen.rows))
            fast = microseconds(partial(reader.read, rows, window))
            careful = microseconds(partial(reader._read_each, rows, window), repeats=30)
            table.add_row(
                exchange.value,
                str(size),
                *(
                    f"{number:,.0f}"
                    for number in (glance, copied, parse_json, fast, careful, whole)
                ),
                f"{whole / size:.2f}",
            )


def main() -> None:
    """Measure and print."""
    table = Table(title="CPU in µs")
    for column in (
        "exchange",
        "rows",
        "glance",
        "COPY",
        "JSON",
        "by columns",
        "careful",
        "request",
    ):
        table.add_column(column, justify="left" if column == "exchange" else "right")
    table.add_column("per candle", justify="right")
    with served_simulator() as served:
        asyncio.run(measure(served.company_urls, table))
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
