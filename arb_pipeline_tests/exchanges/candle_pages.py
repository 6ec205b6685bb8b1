"""What the tests of candles share: rows in every dialect, and fetching from the simulator."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

from arb_pipeline.exchanges import Connection, Exchanges, open_exchanges
from arb_pipeline.exchanges.candles import candle_pages
from arb_pipeline.model import (
    TIMEFRAMES,
    CandlePage,
    Exchange,
    Instrument,
    Interval,
    Timeframe,
)
from arb_pipeline.simulator import Fault, Simulator
from arb_pipeline_tests.exchanges.scripted import QUICK

MINUTE = 60_000
M1 = TIMEFRAMES["1m"]
# A Saturday afternoon, so that no day, week or page begins with it.
NOW = 1_795_000_123_456
GRACE = 2000


def wire_row(exchange: Exchange, open_time: int, **changes: Any) -> Any:
    """A row as the exchange sends it, with some of its cells changed by name."""
    cells: dict[str, Any] = {
        "open": "1.10", "high": "1.30", "low": "1.00", "close": "1.20", "volume": "50",
        "quote": "60.5", "trades": 7, "closed": "true",
    }  # fmt: skip
    seconds = exchange.company.value == "GATEIO"
    cells["time"] = open_time // 1000 if seconds else open_time
    if exchange in (Exchange.GATEIO_SPOT, Exchange.BYBIT_SPOT, Exchange.BYBIT_FUTURES):
        cells["time"] = str(cells["time"])
    cells |= changes
    prices = [cells["open"], cells["high"], cells["low"], cells["close"], cells["volume"]]
    end = open_time + MINUTE - 1
    if exchange.company.value == "BINANCE":
        return [cells["time"], *prices, end, cells["quote"], cells["trades"], "1", "2", "0"]
    if exchange is Exchange.MEXC_SPOT:
        return [cells["time"], *prices, end + 1, cells["quote"]]
    if exchange.company.value == "BYBIT":
        return [cells["time"], *prices, cells["quote"]]
    if exchange is Exchange.GATEIO_SPOT:
        order = ("time", "quote", "close", "high", "low", "open", "volume", "closed")
        return [cells[name] for name in order]
    return {
        "t": cells["time"], "o": cells["open"], "h": cells["high"], "l": cells["low"],
        "c": cells["close"], "v": cells["volume"], "sum": cells["quote"],
    }  # fmt: skip


def wire_rows(exchange: Exchange, opens: Sequence[int]) -> list[Any]:
    """Rows in the exchange's order."""
    rows = [wire_row(exchange, open_time) for open_time in opens]
    return rows[::-1] if exchange.company.value == "BYBIT" else rows


@asynccontextmanager
async def simulated(simulator: Simulator) -> AsyncIterator[Exchanges]:
    """Clients of a running simulator."""
    connections = {company: Connection(url) for company, url in simulator.company_urls.items()}
    async with open_exchanges(connections, retry=QUICK, rate_safety=1.0) as exchanges:
        yield exchanges


def instrument_of(simulator: Simulator, exchange: Exchange, symbol: str) -> Instrument:
    """One of the simulator's instruments as the collector knows it."""
    listed = simulator.listings.find(exchange, symbol, simulator.clock.now())
    assert listed is not None
    return Instrument(
        1, exchange, listed.id, listed.base, listed.quote, contract_size=listed.contract_size
    )


def btc(simulator: Simulator, exchange: Exchange) -> Instrument:
    """The instrument every exchange lists and everybody trades every minute."""
    separator = "_" if exchange.company.value == "GATEIO" else ""
    return instrument_of(simulator, exchange, f"BTC{separator}USDT")


async def fetch(
    exchanges: Exchanges, instrument: Instrument, window: Interval, timeframe: Timeframe = M1
) -> list[CandlePage]:
    """Every page of a window."""
    client = exchanges[instrument.exchange]
    return [
        page async for page in candle_pages(client, instrument, timeframe, window, grace_ms=GRACE)
    ]


def rows_of(pages: Sequence[CandlePage]) -> list[Any]:
    """The rows of all pages, and a check that the pages join."""
    for before, after in pairwise(pages):
        assert before.asked.end == after.asked.start
    rows = [row for page in pages for row in page.rows]
    assert all(page.asked.start <= row[0] < page.asked.end for page in pages for row in page.rows)
    assert [row[0] for row in rows] == sorted({row[0] for row in rows})
    return rows


DIALECTS = [
    Exchange.BINANCE_SPOT,
    Exchange.MEXC_SPOT,
    Exchange.GATEIO_SPOT,
    Exchange.GATEIO_FUTURES,
    Exchange.BYBIT_FUTURES,
]
WINDOW = Interval(M1.floor(NOW) - 900 * MINUTE, M1.floor(NOW) - 500 * MINUTE)
OPENS = list(M1.opens(WINDOW))
MIDDLE = OPENS[len(OPENS) // 2]


async def pages_under(
    simulator: Simulator, exchange: Exchange, fault: Fault | None, window: Interval = WINDOW
) -> list[CandlePage]:
    """What fetching BTC brings while a fault is in force, at ``NOW``."""
    simulator.clock.freeze(NOW)
    if fault is not None:
        simulator.faults.add(fault)
    async with simulated(simulator) as exchanges:
        return await fetch(exchanges, btc(simulator, exchange), window)
