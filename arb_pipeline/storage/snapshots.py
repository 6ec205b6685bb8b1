"""Samples becoming rows, one transaction per sample.

What belongs here: everything between a page of records and committed rows; balances, which have a
memory, have a module of their own and are imported from here like the rest. The schema is the only
judge of a row: what it refuses is found by halving the page and kept in ``rejected_records`` with
the name of the constraint, the rest is stored. Storing the same sample twice adds nothing.

Rows travel as arrays of one statement: a sample is a few hundred rows, for which a staging table
costs more than it saves. Numbers travel as text, so that the database reads each digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from arb_pipeline.model import DataSet
from arb_pipeline.model.snapshots import BookTicker, FundingRate, SnapshotPage, Ticker
from arb_pipeline.storage.balances import store_balances
from arb_pipeline.storage.database import sql
from arb_pipeline.storage.records import columns, first_of_each, rejection
from arb_pipeline.storage.rejected import keep_rejected, put_or_halve
from arb_pipeline.storage.written import BalanceCounts, SnapshotCounts

if TYPE_CHECKING:
    from arb_pipeline.storage.database import Connection

__all__ = ["BalanceCounts", "SnapshotCounts", "store_balances", "store_snapshots"]

_Row: TypeAlias = BookTicker | Ticker | FundingRate

# The parameters of the statements ``{data_set}_put.sql``, in their order.
_FIELDS = {
    DataSet.BOOK_TICKERS: (
        "symbol_id", "timestamp", "bid_price", "bid_qty", "ask_price", "ask_qty",
        "sequence_number", "exchange_timestamp",
    ),
    DataSet.TICKERS: (
        "symbol_id", "timestamp", "last_price", "high_24h", "low_24h", "base_volume_24h",
        "quote_volume_24h", "mark_price", "index_price", "exchange_timestamp",
    ),
    DataSet.FUNDING_RATES: (
        "symbol_id", "timestamp", "funding_rate", "funding_time", "next_funding_time",
        "is_settled", "funding_interval_hours", "mark_price", "index_price", "exchange_timestamp",
    ),
}  # fmt: skip


async def store_snapshots(
    connection: Connection,
    page: SnapshotPage[BookTicker] | SnapshotPage[Ticker] | SnapshotPage[FundingRate],
    exchange_id: int,
) -> SnapshotCounts:
    """Store one sample of book tickers, tickers or funding rates, and what was refused of it.

    Args:
        connection: to the database.
        page: the sample; its rejections are kept too.
        exchange_id: ``exchanges.id`` of the page's exchange.

    Raises:
        KeyError: the page holds none of the three.
        asyncpg.PostgresError: the page as a whole could not be stored (an unknown symbol, for
            instance); nothing of it was.
    """
    fields, statement = _FIELDS[page.data_set], sql(f"{page.data_set}_put")
    counts = SnapshotCounts(refused=list(page.rejected))
    sample: Sequence[_Row] = page.rows

    def refuse(row: _Row, reason: str) -> None:
        counts.refused.append((row.symbol_id, rejection(row, reason)))

    async def put(rows: Sequence[_Row]) -> None:
        new = await connection.fetchval(statement, *columns(fields, rows))
        counts.stored += new
        counts.unchanged += len(rows) - new

    rows = first_of_each(sample, _key, refuse)
    async with connection.transaction():
        await put_or_halve(connection, rows, put, refuse)
        await keep_rejected(
            connection,
            data_set=page.data_set,
            exchange_id=exchange_id,
            rejections=counts.refused,
        )
    return counts


def _key(row: _Row) -> object:
    return row.symbol_id, row.timestamp, isinstance(row, FundingRate) and row.is_settled
