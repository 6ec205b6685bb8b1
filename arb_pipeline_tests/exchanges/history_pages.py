"""What the tests of trades, funding and fills share: fetching them, and what is the truth."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import count, pairwise
from typing import Any

from pydantic import SecretStr

from arb_pipeline.exchanges import Connection, ExchangeError, Exchanges, open_exchanges
from arb_pipeline.exchanges.trades import trade_pages
from arb_pipeline.model import Company, Exchange, HistoryPage, Instrument, Interval, merge
from arb_pipeline.simulator import Simulator, trades
from arb_pipeline_tests.exchanges.candle_pages import GRACE, btc
from arb_pipeline_tests.exchanges.scripted import QUICK

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
# A Wednesday morning; no hour, day or page begins with it.
NOW = 1_795_000_123_456
KEY, SECRET = "the-api-key", "the-api-secret"
Pages = Callable[..., AsyncIterator[HistoryPage]]


@asynccontextmanager
async def clients(simulator: Simulator, *, signed: bool = False) -> AsyncIterator[Exchanges]:
    """Clients of a running simulator, with the keys of its accounts where they are to sign."""
    keys = (SecretStr(KEY), SecretStr(SECRET)) if signed else ()
    if signed:
        simulator.accounts.update(dict.fromkeys(Company, (KEY, SECRET)))
    connections = {
        company: Connection(url, *keys) for company, url in simulator.company_urls.items()
    }
    async with open_exchanges(connections, retry=QUICK, rate_safety=1.0) as exchanges:
        yield exchanges


async def fetch(
    simulator: Simulator,
    instrument: Instrument,
    window: Interval,
    pages: Pages = trade_pages,
    *,
    signed: bool = False,
) -> tuple[list[HistoryPage], ExchangeError | None]:
    """Every page of a window, and the error that ended them early."""
    found: list[HistoryPage] = []
    async with clients(simulator, signed=signed) as exchanges:
        try:
            client = exchanges[instrument.exchange]
            async for page in pages(client, instrument, window, grace_ms=GRACE):
                found.append(page)  # noqa: PERF401 - what came before an error counts
        except ExchangeError as error:
            return found, error
    return found, None


def ticking(pages: Pages) -> Pages:
    """The same, where every look at the exchange's clock is a millisecond later."""

    async def looked_at(client: Any, *args: Any, grace_ms: int) -> AsyncIterator[HistoryPage]:
        looks = count(NOW)

        async def clock() -> int:
            return next(looks)

        client.clock = clock
        async for page in pages(client, *args, grace_ms=grace_ms):
            yield page

    return looked_at


def rows_of(pages: Sequence[HistoryPage]) -> list[tuple[Any, ...]]:
    """The rows of all pages, after checking what every page promises."""
    for before, after in pairwise(pages):
        assert before.asked.end == after.asked.start
    for page in pages:
        times = [row[0] for row in page.rows]
        assert times == sorted(times)
        assert all(page.asked.start <= time < page.asked.end for time in times)
        for part in (*page.present, *page.absent, *page.unreachable):
            assert part
            assert part.intersect(page.asked) == part
    return [row for page in pages for row in page.rows]


def present(pages: Sequence[HistoryPage]) -> list[Interval]:
    """What all pages together claim to know completely."""
    return merge(part for page in pages for part in page.present)


def truth(simulator: Simulator, instrument: Instrument, window: Interval) -> list[tuple[Any, ...]]:
    """The simulator's own trades: time, price, quantity, side and, but for MEXC, the id."""
    listed = simulator.listings.get(instrument.exchange, instrument.exchange_symbol)
    found = trades.between(listed, window.start, window.end - 1, simulator.clock.now())
    return [
        (one.time, one.price, one.quantity, "sell" if one.sold else "buy", str(one.number))
        for one in found
    ]


def told(exchange: Exchange, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows as ``truth`` has them; the order of trades without ids within a millisecond is free."""
    if exchange is Exchange.MEXC_SPOT:
        return sorted(row[:4] for row in rows)
    if exchange is Exchange.BYBIT_FUTURES:
        return [(*row[:4], str(int(row[4].partition("-")[0], 16))) for row in rows]
    return [row[:5] for row in rows]


def expected(exchange: Exchange, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The truth in the same form."""
    return sorted(row[:4] for row in rows) if exchange is Exchange.MEXC_SPOT else list(rows)


def market(simulator: Simulator, exchange: Exchange) -> Instrument:
    """BTC/USDT at ``NOW``."""
    simulator.clock.freeze(NOW)
    return btc(simulator, exchange)
