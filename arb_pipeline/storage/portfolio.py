"""What a portfolio is computed from, and storing it.

What belongs here: reading balances, fills, quotes and closes, and writing items. What does not:
computing (``analytics/``) and whose turn it is (``defs/derived``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from arb_pipeline.model import DAY_MS, Exchange, Interval, Timeframe
from arb_pipeline.storage.coverage import to_datetime, to_ms
from arb_pipeline.storage.database import sql
from arb_pipeline.storage.records import columns

if TYPE_CHECKING:
    from asyncpg import Record

    from arb_pipeline.storage.database import Connection

# The parameters of portfolio_put.sql behind exchange, time and currency, in their order.
_FIELDS = (
    "asset_name", "quantity", "unexplained_quantity", "current_price", "price_route", "priced_at",
    "average_entry_price", "value", "unrealised_profit", "unrealised_profit_percent",
    "realised_profit", "balance_at", "note",
)  # fmt: skip


_SPAN_MS = 7 * DAY_MS  # a chunk of candles


class Pair(NamedTuple):
    """A spot pair that is or was collected; currencies by unified code."""

    symbol_id: int
    exchange: Exchange
    base: str
    quote: str


async def holdings(
    connection: Connection, exchange_id: int, day: Interval | None = None
) -> list[Record]:
    """What an account held when it was last read, now or on a day; zeros among it.

    Columns: asset_name, timestamp, total_balance, borrowing_balance (None: the exchange does not
    say).
    """
    window = (None, None) if day is None else (to_datetime(day.start), to_datetime(day.end))
    return await connection.fetch(sql("portfolio_holdings"), exchange_id, *window)


async def spot_fills(
    connection: Connection, exchange_id: int, since: int | None, until: int, *, batch: int
) -> AsyncIterator[list[Record]]:
    """Own fills on a spot exchange, in the order they were made; none of perpetuals.

    Columns: at (milliseconds), base, quote, is_sale, price, quantity, value, fee, fee_asset (the
    exchange's own code).

    Args:
        connection: in a transaction.
        exchange_id: whose account.
        since: the first moment, milliseconds; None: since ever.
        until: the first moment that is not in it.
        batch: most fills at a time.
    """
    first = datetime.min.replace(tzinfo=UTC) if since is None else to_datetime(since)
    cursor = await connection.cursor(sql("portfolio_fills"), exchange_id, first, to_datetime(until))
    while rows := await cursor.fetch(batch):
        yield rows


async def doubtful_fills(
    connection: Connection, exchange_id: int, until: int, known_until: int
) -> list[Record]:
    """Symbols some of whose fills up to ``until`` may be missing; why, see the query.

    Columns: exchange_symbol, base, quote, missing_since.
    """
    return await connection.fetch(
        sql("portfolio_doubts"), exchange_id, to_datetime(until), to_datetime(known_until)
    )


async def quotes(
    connection: Connection, at: int, oldest_ms: int, timeframe: Timeframe
) -> list[Record]:
    """What spot pairs of all exchanges were worth at a moment, milliseconds.

    Columns: exchange, base, quote, bid_price and ask_price (None: there was no book), price, at.
    """
    return await connection.fetch(
        sql("portfolio_quotes"),
        to_datetime(at),
        to_datetime(at - oldest_ms),
        timeframe.name,
        timedelta(milliseconds=timeframe.milliseconds),
    )


async def pairs(connection: Connection) -> list[Pair]:
    """Every spot pair closes may be stored of."""
    return [
        Pair(row["id"], Exchange(row["exchange"]), row["base"], row["quote"])
        for row in await connection.fetch(sql("portfolio_pairs"))
    ]


async def closes(
    connection: Connection,
    wanted: Sequence[tuple[int, int]],
    timeframe: Timeframe,
    oldest_ms: int,
) -> list[tuple[int, int, Decimal, int]]:
    """The newest closes known at some moments: symbol, moment, close, when that candle closed.

    Args:
        connection: to the database.
        wanted: symbols and moments, milliseconds.
        timeframe: of the candles.
        oldest_ms: how long before the moment a candle may have closed.
    """
    # Each look-up passes every chunk between the first and the last moment: a few at a time.
    spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for one in wanted:
        spans[one[1] // _SPAN_MS].append(one)
    found: list[tuple[int, int, Decimal, int]] = []
    for span in spans.values():
        moments = [moment for _, moment in span]
        rows = await connection.fetch(
            sql("portfolio_closes"),
            [symbol_id for symbol_id, _ in span],
            [to_datetime(moment) for moment in moments],
            timeframe.name,
            timedelta(milliseconds=timeframe.milliseconds),
            timedelta(milliseconds=oldest_ms),
            to_datetime(min(moments)),
            to_datetime(max(moments)),
        )
        found += [
            (row["symbol_id"], to_ms(row["moment"]), row["close"], to_ms(row["closed_at"]))
            for row in rows
        ]
    return found


async def store_items(
    connection: Connection, exchange_id: int, at: int, reference: str, items: Sequence[object]
) -> int:
    """Store a valuation; returns how many rows were written.

    Args:
        connection: to the database.
        exchange_id: whose account.
        at: when it was valued, milliseconds; a valuation of that moment is corrected.
        reference: the currency it is in.
        items: with the columns of ``portfolio_items`` as attributes.

    Raises:
        asyncpg.PostgresError: an item breaks a rule of the table; nothing is stored.
    """
    if not items:
        return 0
    written: int = await connection.fetchval(
        sql("portfolio_put"), exchange_id, to_datetime(at), reference, *columns(_FIELDS, items)
    )
    return written


async def newest_items(connection: Connection, reference: str) -> list[Record]:
    """The newest valuation of every account, the most valuable asset first; columns of the view."""
    return await connection.fetch(sql("portfolio_newest"), reference)
