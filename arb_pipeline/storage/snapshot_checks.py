"""What the checks on snapshots ask of the database: what is late, what cannot be, what was refused.

What belongs here: reading, over a bounded recent window, with names instead of keys, since people
read the findings. What does not: which of it is an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from arb_pipeline.model import DataSet, Exchange
from arb_pipeline.storage.coverage import to_datetime, to_ms
from arb_pipeline.storage.database import sql

if TYPE_CHECKING:
    from asyncpg import Record

    from arb_pipeline.storage.database import Connection


@dataclass(frozen=True, slots=True)
class Newest:
    """When a symbol that is collected was last stored, milliseconds; None: not since then."""

    data_set: DataSet
    exchange: Exchange
    exchange_symbol: str
    at: int | None


async def newest_rows(
    connection: Connection, exchanges: Sequence[Exchange], since: int
) -> list[Newest]:
    """The newest book ticker, ticker and predicted funding rate of every symbol collected.

    Args:
        connection: to the database.
        exchanges: whose symbols.
        since: milliseconds; what is older counts as not there.
    """
    names = [exchange.value for exchange in exchanges]
    return [
        Newest(
            DataSet(row["data_set"]),
            Exchange(row["exchange"]),
            row["exchange_symbol"],
            None if row["newest"] is None else to_ms(row["newest"]),
        )
        for row in await connection.fetch(sql("check_newest"), names, to_datetime(since))
    ]


async def sampled_moments(
    connection: Connection, data_sets: Sequence[DataSet], since: int
) -> list[int]:
    """Every moment something was to be sampled at, sorted, milliseconds."""
    names = [data_set.value for data_set in data_sets]
    rows = await connection.fetch(sql("check_moments"), names, to_datetime(since))
    return [to_ms(row["timestamp"]) for row in rows]


async def crossed_books(connection: Connection, since: int) -> list[Record]:
    """Stored books with bid ≥ ask: exchange, exchange_symbol, books, last_at, prices; ≤ 100."""
    return await connection.fetch(sql("check_crossed"), to_datetime(since))


async def price_jumps(
    connection: Connection, since: int, *, apart: timedelta, bps: Decimal
) -> list[Record]:
    """Mid prices that moved more than ``bps`` between two samples at most ``apart``; ≤ 100.

    Columns: exchange, exchange_symbol, earlier_at, earlier, last_at, mid, bps.
    """
    return await connection.fetch(sql("check_jumps"), to_datetime(since), apart, bps)


async def impossible_prices(connection: Connection, since: int) -> list[Record]:
    """Stored prices of zero or below: data_set, exchange, exchange_symbol, last_at, prices."""
    return await connection.fetch(sql("check_prices"), to_datetime(since))


async def stale_clocks(connection: Connection, since: int, lag: timedelta) -> list[Record]:
    """Exchanges whose times lie more than ``lag`` behind the time of receipt, per data set.

    Columns: data_set, exchange, samples, symbols, exchange_symbol (the worst), worst.
    """
    return await connection.fetch(sql("check_clocks"), to_datetime(since), lag)


async def impossible_balances(connection: Connection, since: int) -> list[Record]:
    """Stored balances below zero or without end: exchange, asset_name, last_at, amounts; ≤ 100."""
    return await connection.fetch(sql("check_balances"), to_datetime(since))


async def refused_rows(
    connection: Connection, data_sets: Sequence[DataSet], since: int
) -> list[Record]:
    """Rows refused since then, by data set, exchange, symbol and reason; at most 500 groups.

    Columns: data_set, exchange, exchange_symbol (None: unknown), reason, occurrences (in all),
    last_at, example (the beginning of a payload).
    """
    names = [data_set.value for data_set in data_sets]
    return await connection.fetch(sql("check_rejected"), names, to_datetime(since))
