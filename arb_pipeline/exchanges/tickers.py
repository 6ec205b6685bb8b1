"""Tops of books and 24-hour figures, sampled.

What belongs here: which endpoint answers for which exchange, and what asking it costs. What does
not: which field is what (``ticker_rows.py``), and Gate's books, which are asked for one by one
(``gate_books.py``).

ccxt's unified methods are not used: they parse every symbol of a bulk answer (60 to 110 ms for two
thousand) where twenty are wanted, compute fields the exchange never sent, and give floats.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from arb_pipeline.exchanges.catalog import PREMIUM_INDEX_WEIGHT, Capability, capability
from arb_pipeline.exchanges.client import Counters, ExchangeClient
from arb_pipeline.exchanges.errors import Refused, UnknownSymbol
from arb_pipeline.exchanges.gate_books import gate_book_tickers
from arb_pipeline.exchanges.sampling import Picked, Source, ask, both, by_symbol, read
from arb_pipeline.exchanges.ticker_rows import book_ticker, ticker
from arb_pipeline.model import (
    BookTicker,
    Company,
    DataSet,
    Exchange,
    Instrument,
    SnapshotPage,
    Ticker,
)

PREMIUM_INDEX = Source(method="fapipublic_get_premiumindex")
_BYBIT = "public_get_v5_market_tickers"
# Without a category Bybit's client would ask for perpetuals.
BYBIT_TICKERS = {
    exchange: Source(
        method=_BYBIT,
        path=("result", "list"),
        parameters={"category": category},
        envelope_time="time",
    )
    for exchange, category in (
        (Exchange.BYBIT_SPOT, "spot"),
        (Exchange.BYBIT_FUTURES, "linear"),
    )
}
_BOOK_SOURCES: Mapping[Exchange, Source] = {
    Exchange.BINANCE_SPOT: Source(method="public_get_ticker_bookticker"),
    Exchange.BINANCE_FUTURES: Source(method="fapipublic_get_ticker_bookticker"),
    Exchange.MEXC_SPOT: Source(method="spot_public_get_ticker_bookticker"),
    **BYBIT_TICKERS,
}
_TICKER_SOURCES: Mapping[Exchange, Source] = {
    Exchange.BINANCE_SPOT: Source(method="public_get_ticker_24hr"),
    Exchange.BINANCE_FUTURES: Source(method="fapipublic_get_ticker_24hr"),
    Exchange.GATEIO_SPOT: Source(method="public_spot_get_tickers", symbol="currency_pair"),
    Exchange.GATEIO_FUTURES: Source(
        method="public_futures_get_settle_tickers",
        symbol="contract",
        parameters={"settle": "usdt"},
    ),
    Exchange.MEXC_SPOT: Source(method="spot_public_get_ticker_24hr"),
    **BYBIT_TICKERS,
}


async def fetch_book_tickers(
    client: ExchangeClient, instruments: Sequence[Instrument], *, skew_ms: int
) -> SnapshotPage[BookTicker]:
    """Best bid and ask of each instrument, with their quantities.

    One request, except for Gate, which takes one per symbol (see ``gate_books``).

    Args:
        client: the exchange that lists the instruments.
        instruments: whose; rows of others are ignored.
        skew_ms: a row whose exchange time is further than this from receipt is rejected.

    Raises:
        ExchangeError: the exchange could not be asked, or answered with something else.
    """
    wanted = by_symbol(client, instruments)
    page: SnapshotPage[BookTicker] = SnapshotPage(client.exchange, DataSet.BOOK_TICKERS)
    if not wanted:
        return page
    if client.exchange.company is Company.GATEIO:
        return await gate_book_tickers(client, list(wanted.values()), skew_ms=skew_ms)
    tally = Counters()
    picked = await _ask(client, _BOOK_SOURCES[client.exchange], wanted, page.data_set, tally)
    read(page, picked, list(wanted.values()), book_ticker, skew_ms)
    page.requests = tally.requests
    return page


async def fetch_tickers(
    client: ExchangeClient, instruments: Sequence[Instrument], *, skew_ms: int
) -> SnapshotPage[Ticker]:
    """Last price and 24-hour figures of each instrument; on futures mark and index price too.

    One request; two for Binance's futures, whose mark and index prices are told elsewhere.

    Args:
        client: the exchange that lists the instruments.
        instruments: whose; rows of others are ignored.
        skew_ms: a row whose exchange time is further than this from receipt is rejected.

    Raises:
        ExchangeError: the exchange could not be asked, or answered with something else.
    """
    wanted = by_symbol(client, instruments)
    page: SnapshotPage[Ticker] = SnapshotPage(client.exchange, DataSet.TICKERS)
    if not wanted:
        return page
    tally = Counters()
    asked = _ask(client, _TICKER_SOURCES[client.exchange], wanted, page.data_set, tally)
    if client.exchange is Exchange.BINANCE_FUTURES:
        picked, marks = await both(asked, premium_index(client, wanted, tally))
        picked.rows = {
            name: {**marks.rows.get(name, {}), **row} for name, row in picked.rows.items()
        }
    else:
        picked = await asked
    read(page, picked, list(wanted.values()), ticker, skew_ms)
    page.requests = tally.requests
    return page


async def premium_index(
    client: ExchangeClient, wanted: Mapping[str, Instrument], tally: Counters
) -> Picked:
    """Mark price, index price and funding of Binance's perpetuals.

    Raises:
        ExchangeError: the exchange could not be asked, or answered with something else.
    """
    return await ask(
        client,
        PREMIUM_INDEX,
        wanted,
        weight=PREMIUM_INDEX_WEIGHT,
        subject="mark prices and funding",
        tally=tally,
    )


async def _ask(
    client: ExchangeClient,
    source: Source,
    wanted: Mapping[str, Instrument],
    data_set: DataSet,
    tally: Counters,
) -> Picked:
    """Ask for the wanted symbols by name where that is allowed, else for all there are.

    Binance refuses a whole list for one name it no longer knows; the answer for all settles it.
    """
    asked: Capability = capability(client.exchange, data_set)
    subject = data_set.replace("_", " ")
    if len(wanted) <= asked.named:
        names = json.dumps(list(wanted), ensure_ascii=False, separators=(",", ":"))
        weight = asked.weight(len(wanted))
        try:
            return await ask(
                client,
                source,
                wanted,
                weight=weight,
                subject=subject,
                tally=tally,
                parameters={"symbols": names},
            )
        except (Refused, UnknownSymbol):
            pass
    weight = asked.weights[-1][1]
    return await ask(client, source, wanted, weight=weight, subject=subject, tally=tally)
