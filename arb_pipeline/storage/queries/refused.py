"""Questions about rows that were refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from arb_pipeline.model import DataSet, Interval
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.database import sql
from arb_pipeline.storage.queries.asked import Names, Window, exchange_names, names, window
from arb_pipeline.storage.queries.frames import frame

if TYPE_CHECKING:
    import pandas as pd
    from asyncpg import Record

    from arb_pipeline.storage.database import Connection


async def rejections(
    connection: Connection, data_set: DataSet, symbol_ids: Sequence[int], interval: Interval
) -> list[Record]:
    """Refused rows that claim a time in the window, counted per symbol, timeframe and reason."""
    return await connection.fetch(
        sql("rejected_recent"),
        data_set.value,
        list(symbol_ids),
        to_datetime(interval.start),
        to_datetime(interval.end),
    )


async def exchange_rejections(
    connection: Connection, data_set: DataSet, exchange_ids: Sequence[int], interval: Interval
) -> list[Record]:
    """Rows last refused within the window, counted per exchange, symbol and reason.

    Other than ``rejections``, it finds rows without a symbol (balances) and rows whose own time is
    wrong or unknown. Columns: exchange_id, symbol_id, reason, occurrences (since it was first
    refused), last_seen_at.
    """
    return await connection.fetch(
        sql("rejected_of_exchanges"),
        data_set.value,
        list(exchange_ids),
        to_datetime(interval.start),
        to_datetime(interval.end),
    )


async def rejected_rows(
    connection: Connection, asked: Window, exchanges: Names = None, data_sets: Names = None
) -> pd.DataFrame:
    """Rows last refused within a window, newest first; None is every exchange or data set.

    Columns: exchange, symbol (null where it has no known one), data_set, timeframe, timestamp (the
    time the row claims), reason, payload (as it came), occurrences, first_seen_at, last_seen_at,
    symbol_id.
    """
    interval = window(asked)
    return await frame(
        connection,
        "rejected_rows",
        to_datetime(interval.start),
        to_datetime(interval.end),
        exchange_names(exchanges),
        names(data_sets),
    )
