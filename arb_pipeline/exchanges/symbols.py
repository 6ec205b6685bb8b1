"""What an exchange lists.

What belongs here: fetching the list of symbols of one exchange, whole, and handing every row on,
as a listing or as refused. What does not: comparing with what was listed before.

The lists come through the endpoints ccxt's ``fetch_markets`` uses, but one market at a time: ccxt
would load MEXC's contracts with its spot pairs, at four times the weight, and loses the whole
list to one malformed row.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from arb_pipeline.exchanges.candle_cells import rejection
from arb_pipeline.exchanges.catalog import VENUES
from arb_pipeline.exchanges.client import ExchangeClient
from arb_pipeline.exchanges.listing_cells import BadListing
from arb_pipeline.exchanges.listing_rows import listing
from arb_pipeline.exchanges.shapes import WrongShape, rows_at
from arb_pipeline.model import Exchange, Listing, Rejection

_MOST_PAGES = 100


@dataclass(frozen=True, slots=True)
class Listings:
    """Everything an exchange lists.

    Attributes:
        listings: one per symbol, in the exchange's order.
        rejected: rows that could not be read; their symbols may well be listed.
    """

    listings: list[Listing] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the list of symbols comes from."""

    method: str
    path: tuple[str, ...] = ()
    parameters: Mapping[str, str | int] = field(default_factory=dict)


_SOURCES: Mapping[Exchange, _Source] = {
    Exchange.BINANCE_SPOT: _Source("public_get_exchangeinfo", ("symbols",)),
    Exchange.BINANCE_FUTURES: _Source("fapipublic_get_exchangeinfo", ("symbols",)),
    Exchange.BYBIT_SPOT: _Source(
        "public_get_v5_market_instruments_info", ("result", "list"), {"category": "spot"}
    ),
    Exchange.BYBIT_FUTURES: _Source(
        "public_get_v5_market_instruments_info",
        ("result", "list"),
        {"category": "linear", "limit": 1000},
    ),
    Exchange.GATEIO_SPOT: _Source("public_spot_get_currency_pairs"),
    Exchange.GATEIO_FUTURES: _Source("public_futures_get_settle_contracts", (), {"settle": "usdt"}),
    Exchange.MEXC_SPOT: _Source("spot_public_get_exchangeinfo", ("symbols",)),
}


async def fetch_listings(client: ExchangeClient) -> Listings:
    """Everything ``client.exchange`` lists: spot pairs, or USDT-margined perpetuals.

    Raises:
        ExchangeError: the list could not be fetched, or is empty, which no exchange's is.
    """
    found = Listings()
    seen: set[str] = set()
    async for row in _rows(client):
        try:
            one = listing(client.exchange, row, client.currency_code)
        except BadListing as bad:
            found.rejected.append(rejection(row, str(bad)))
            continue
        if one is None:
            continue
        if one.exchange_symbol in seen:
            found.rejected.append(rejection(row, f"{one.exchange_symbol!r} is listed twice"))
            continue
        seen.add(one.exchange_symbol)
        found.listings.append(one)
    return found


async def _rows(client: ExchangeClient) -> AsyncIterator[Any]:
    source = _SOURCES[client.exchange]
    cursor = ""
    for _ in range(_MOST_PAGES):
        parameters = dict(source.parameters)
        if cursor:
            parameters["cursor"] = cursor
        rows, cursor = await client.call(
            source.method,
            parameters,
            weight=VENUES[client.exchange].listings_weight,
            expect=_page_of(source),
            subject="list of symbols",
        )
        for row in rows:
            yield row
        if not cursor:
            return


def _page_of(source: _Source) -> Callable[[Any], tuple[list[Any], str]]:
    rows = rows_at(*source.path)

    def expect(payload: Any) -> tuple[list[Any], str]:
        found = rows(payload)
        if not found:
            raise WrongShape("the list of symbols is empty")
        result = payload.get("result") if isinstance(payload, dict) else None
        cursor = result.get("nextPageCursor") if isinstance(result, dict) else None
        return found, str(cursor or "")

    return expect
