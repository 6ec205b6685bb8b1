"""What order flow is computed from, and storing it.

What belongs here: reading books and sums of trades, and writing windows. What does not: the
formulas (``analytics/order_flow.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from arb_pipeline.model import Interval
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.database import sql
from arb_pipeline.storage.records import columns

if TYPE_CHECKING:
    from asyncpg import Record

    from arb_pipeline.storage.database import Connection

# The parameters of order_flow_put.sql behind the length, in their order.
_FIELDS = (
    "symbol_id", "ends_at", "ofi_score", "microprice", "volume_imbalance", "buy_volume",
    "sell_volume", "book_count", "trade_count",
)  # fmt: skip


class Collected(NamedTuple):
    """A symbol that is collected: base units per contract, and since when (milliseconds)."""

    symbol_id: int
    contract_size: Decimal
    tracked_at: int


class Volumes(NamedTuple):
    """What takers bought and sold in one window, in the exchange's unit; all of it is known."""

    bought: Decimal
    sold: Decimal
    trade_count: int


@dataclass(frozen=True, slots=True)
class FlowRow:
    """One window of one symbol, as ``order_flow_metrics`` has it; ``ends_at`` in milliseconds."""

    symbol_id: int
    ends_at: int
    ofi_score: Decimal | None
    microprice: Decimal | None
    volume_imbalance: Decimal | None
    buy_volume: Decimal | None
    sell_volume: Decimal | None
    book_count: int
    trade_count: int


async def collected_symbols(connection: Connection, exchange_id: int) -> list[Collected]:
    """The symbols of an exchange that are collected and can be traded."""
    return [
        Collected(*row) for row in await connection.fetch(sql("order_flow_symbols"), exchange_id)
    ]


async def books(
    connection: Connection, symbol_ids: Sequence[int], interval: Interval
) -> list[Record]:
    """Books that are not crossed: symbol_id, at, bid_price, bid_qty, ask_price, ask_qty."""
    return await connection.fetch(
        sql("order_flow_books"),
        list(symbol_ids),
        to_datetime(interval.start),
        to_datetime(interval.end),
    )


async def volumes(
    connection: Connection, symbol_ids: Sequence[int], span: Interval, length_ms: int
) -> dict[tuple[int, int], Volumes]:
    """By symbol and first millisecond, the windows of a span whose trades are all known."""
    rows = await connection.fetch(
        sql("order_flow_trades"),
        list(symbol_ids),
        to_datetime(span.start),
        to_datetime(span.end),
        timedelta(milliseconds=length_ms),
    )
    return {
        (row["symbol_id"], row["start_at"]): Volumes(row["bought"], row["sold"], row["trade_count"])
        for row in rows
    }


async def store_windows(
    connection: Connection, length_ms: int, rows: Sequence[FlowRow]
) -> tuple[int, int]:
    """Store windows; how many rows are new, and how many were changed.

    Raises:
        asyncpg.PostgresError: a window breaks a rule of the table; nothing is stored.
    """
    if not rows:
        return 0, 0
    (found,) = await connection.fetch(
        sql("order_flow_put"), length_ms // 1000, *columns(_FIELDS, rows)
    )
    return found["inserted"], found["updated"]
