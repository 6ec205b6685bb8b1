"""Rows that were refused: kept with their reason, never dropped.

What belongs here: what counts as the refusal of a row, finding the rows that are refused among
many, and keeping them. The schema is the judge; nothing here repeats its rules.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

import asyncpg

from arb_pipeline.model import DataSet, Rejection
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.database import sql

if TYPE_CHECKING:
    from arb_pipeline.storage.database import Connection

T = TypeVar("T")

# What a row can do wrong by itself. Anything else (a dropped table, a lost connection, an unknown
# symbol) concerns all rows and is raised. ValueError: the driver cannot even send it.
REFUSALS = (
    asyncpg.DataError,
    asyncpg.CheckViolationError,
    asyncpg.NotNullViolationError,
    ValueError,
)
# The reason is part of a unique index.
_LONGEST_REASON = 500
# Year 9999: what a broken row claims may be no time at all; its payload still says it.
_LATEST_MS = 253_402_300_799_000


async def put_or_halve(
    connection: Connection,
    rows: Sequence[T],
    put: Callable[[Sequence[T]], Awaitable[None]],
    refuse: Callable[[T, str], None],
) -> None:
    """Store rows, isolating by halves those the schema refuses.

    Args:
        connection: inside a transaction; each attempt is a savepoint of its own.
        rows: what to store.
        put: stores some of them, all or none.
        refuse: told each row that is refused, and why.

    Raises:
        asyncpg.PostgresError: what concerns all rows.
    """
    if not rows:
        return
    try:
        async with connection.transaction():
            await put(rows)
    except REFUSALS as problem:
        if len(rows) == 1:
            refuse(rows[0], reason_of(problem))
            return
        middle = len(rows) // 2
        await put_or_halve(connection, rows[:middle], put, refuse)
        await put_or_halve(connection, rows[middle:], put, refuse)


async def keep_rejected(
    connection: Connection,
    *,
    data_set: DataSet,
    rejections: Sequence[tuple[int | None, Rejection]],
    exchange_id: int | None = None,
    timeframe: str = "",
) -> None:
    """Store refused rows; one refused again for the same reason raises its count.

    Args:
        connection: to the database.
        data_set: what the rows claim to be.
        rejections: each with ``symbols.id``, or None where it has no known symbol.
        exchange_id: who sent them; needed for rows without a symbol.
        timeframe: of candles.

    Raises:
        asyncpg.NotNullViolationError: a row has neither a symbol nor an exchange.
    """
    if not rejections:
        return
    await connection.execute(
        sql("rejected_record"),
        data_set.value,
        exchange_id,
        timeframe,
        [symbol_id for symbol_id, _ in rejections],
        [_claimed(rejection.timestamp) for _, rejection in rejections],
        [storable(rejection.reason)[:_LONGEST_REASON] for _, rejection in rejections],
        [storable(rejection.payload) for _, rejection in rejections],
    )


def _claimed(timestamp: int | None) -> object:
    known = timestamp is not None and 0 <= timestamp <= _LATEST_MS
    return to_datetime(timestamp) if known and timestamp is not None else None


def storable(text: str) -> str:
    """The text without what PostgreSQL cannot hold: zero bytes and halves of characters."""
    return text.replace("\x00", "\\u0000").encode(errors="backslashreplace").decode()


def reason_of(problem: Exception) -> str:
    """Why a row was refused, the same words each time: no chunk names, no times of storing."""
    constraint = getattr(problem, "constraint_name", None)
    column = getattr(problem, "column_name", None)
    if constraint:
        return f"violates {constraint}"
    return f"{column} is missing" if column else str(problem).partition("\n")[0]
