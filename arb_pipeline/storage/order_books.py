"""Order books becoming rows, one per level, a sample in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from arb_pipeline.model import Rejection, SnapshotPage
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.database import sql
from arb_pipeline.storage.rejected import keep_rejected, put_or_halve
from arb_pipeline.storage.written import SnapshotCounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arb_pipeline.model.order_books import OrderBook
    from arb_pipeline.storage.database import Connection


async def store_order_books(
    connection: Connection, page: SnapshotPage[OrderBook], exchange_id: int
) -> SnapshotCounts:
    """Store a sample; of a book that the schema refuses, nothing is kept but the refusal.

    Args:
        connection: to the database.
        page: the sample; its rejections are kept too.
        exchange_id: ``exchanges.id`` of the page's exchange.

    Raises:
        asyncpg.PostgresError: the page as a whole could not be stored; nothing of it was.
    """
    counts = SnapshotCounts(refused=list(page.rejected))

    def refuse(book: OrderBook, reason: str) -> None:
        payload = f'{{"bids": {len(book.bids)}, "asks": {len(book.asks)}}}'
        counts.refused.append((book.symbol_id, Rejection(payload, reason, book.timestamp)))

    async def put(books: Sequence[OrderBook]) -> None:
        rows = [row for book in books for row in _rows(book)]
        columns = [list(column) for column in zip(*rows, strict=True)] or [[]] * 7
        new = await connection.fetchval(sql("order_books_put"), *columns)
        counts.stored += new
        counts.unchanged += len(rows) - new

    async with connection.transaction():
        await put_or_halve(connection, list(page.rows), put, refuse)
        await keep_rejected(
            connection,
            data_set=page.data_set,
            exchange_id=exchange_id,
            rejections=counts.refused,
        )
    return counts


def _rows(book: OrderBook) -> list[tuple[Any, ...]]:
    theirs = book.exchange_timestamp
    stamps = to_datetime(book.timestamp), None if theirs is None else to_datetime(theirs)
    return [
        (stamps[0], book.symbol_id, side, level, str(price), str(quantity), stamps[1])
        for side, offers in (("bid", book.bids), ("ask", book.asks))
        for level, (price, quantity) in enumerate(offers, 1)
    ]
