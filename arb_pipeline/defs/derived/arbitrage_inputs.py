"""What the opportunities of a beat are computed from, out of the database and the settings.

What belongs here: which stored rows count at a moment, and their units. What does not: computing.

Nothing later than the beat is looked at: books, order books and funding rates sampled for it,
conversion rates and balances from before. So a beat computed again comes out the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from arb_pipeline.analytics.arbitrage_lasting import remembered_ms
from arb_pipeline.analytics.books import Book, Funding, Market, levels
from arb_pipeline.analytics.conversions import conversions
from arb_pipeline.exchanges.account import SHARED_ACCOUNTS
from arb_pipeline.model import Exchange, Interval
from arb_pipeline.settings import Settings
from arb_pipeline.storage import opportunities as stored
from arb_pipeline.storage.database import Connection

_MINUTE_MS = 60_000


async def books_of(connection: Connection, at: int, until: int, configured: Settings) -> list[Book]:
    """The newest book of every symbol at the beat ``at``, with fee, funding and known depth."""
    # As far back as the beat before: what is there but old is counted, not overlooked.
    stale_ms = round(configured.book_stale_seconds * 1000)
    seen = Interval(at - max(stale_ms, remembered_ms(configured.book_tickers_minutes)), until)
    rows = await stored.books(connection, seen, configured.exchanges)
    fresh_ms = configured.fresh_intervals * configured.funding_rates_minutes * _MINUTE_MS
    funding = await stored.funding(connection, Interval(at - fresh_ms, until))
    depth: Mapping[int, tuple[stored.Offers, stored.Offers]] = {}
    if configured.order_book_levels:
        depth = await stored.order_books(connection, Interval(at, until))
    return [_book(row, funding.get(row["symbol_id"]), depth, configured) for row in rows]


def _book(
    row: Any,
    funding: tuple[Decimal, int] | None,
    depth: Mapping[int, tuple[stored.Offers, stored.Offers]],
    configured: Settings,
) -> Book:
    bids, asks = depth.get(row["symbol_id"]) or (
        [(row["bid_price"], row["bid_qty"])],
        [(row["ask_price"], row["ask_qty"])],
    )
    fee = configured.fee_override(Exchange(row["exchange"]), row["exchange_symbol"])
    return Book(
        row["symbol_id"],
        row["exchange_id"],
        row["base"],
        row["quote"],
        row["is_perpetual"],
        row["at"],
        levels(bids, row["contract_size"]),
        levels(asks, row["contract_size"]),
        row["taker_fee"] if fee is None else fee,
        Funding(*funding) if funding else None,
        row["lot_size"],
        row["min_quantity"],
        row["min_notional"],
    )


async def market_of(
    connection: Connection,
    at: int,
    books: Sequence[Book],
    ids: Mapping[Exchange, int],
    configured: Settings,
) -> Market:
    """What stands beside the books; the rates they tell are stored first."""
    stale_ms = round(configured.book_stale_seconds * 1000)
    fresh = conversions(books, configured.conversion_currencies, at=at, stale_ms=stale_ms)
    if fresh:
        await stored.put_conversion_rates(connection, at, fresh)
    keep_ms = round(configured.conversion_stale_seconds * 1000)
    market = Market(
        at,
        stale_ms,
        configured.min_net_bps,
        conversions=await stored.conversion_rates(connection, at, keep_ms),
        transfers=_transfers(books, ids, configured),
    )
    if not configured.limit_to_balances:
        return market
    fresh_ms = configured.fresh_intervals * configured.balances_minutes * _MINUTE_MS
    held = await stored.available(connection, Interval(at - fresh_ms, at))
    balances = {
        (number, asset): amount
        for exchange, number in ids.items()
        for (account, asset), amount in held.items()
        if account in (exchange, SHARED_ACCOUNTS.get(exchange))
    }
    return replace(market, balances=balances)


def _transfers(
    books: Sequence[Book], ids: Mapping[Exchange, int], configured: Settings
) -> dict[tuple[int, str], Decimal]:
    if not configured.transfer_costs:
        return {}
    names = {number: exchange for exchange, number in ids.items()}
    return {
        (one.exchange_id, one.base): configured.transfer_cost(names[one.exchange_id], one.base)
        for one in books
    }
