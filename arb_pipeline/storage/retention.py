"""Dropping what is older than it is kept, a chunk at a time.

What belongs here: finding and dropping old chunks without holding others up, and noting in coverage
what went: it is unreachable from then on, neither present nor missing, so that nobody asks for it
again. What does not: how long a table is kept (settings) and what must not be dropped now
(``defs/maintenance``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import asyncpg

from arb_pipeline.storage.database import sql
from arb_pipeline.storage.history_tables import history_tables

if TYPE_CHECKING:
    from arb_pipeline.storage.database import Connection

# Dropping a chunk locks what its foreign keys point to, against readers too. Whoever waits for
# that lock makes all others queue behind it: better to give up and come back.
_LOCK_TIMEOUT = "2s"
_ATTEMPTS = 5
_PAUSE_SECONDS = 1.0
_AT_ONCE = timedelta(days=1)
_IN_USE = (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError)


class TableInUseError(RuntimeError):
    """Others hold locks on the table, or on what it refers to, for too long."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a hypertable.

    Attributes:
        name: within TimescaleDB's schema of chunks.
        start_at: its first instant, UTC.
        end_at: the first instant after it.
        bytes: with indexes.
        row_count: as of its last ANALYZE; None where unknown.
        is_compressed: whether it is stored by columns.
    """

    name: str
    start_at: datetime
    end_at: datetime
    bytes: int
    row_count: int | None
    is_compressed: bool


async def old_chunks(connection: Connection, table: str, older_than: datetime) -> list[Chunk]:
    """Chunks that end at or before a time, oldest first; none of what is no hypertable."""
    rows = await connection.fetch(sql("chunks_older"), table, older_than)
    return [Chunk(**dict(row)) for row in rows]


async def drop_old_chunks(connection: Connection, table: str, older_than: datetime) -> list[Chunk]:
    """Drop the chunks that end at or before a time, about a day of them per transaction.

    Args:
        connection: outside of a transaction.
        table: a hypertable; of anything else nothing is dropped.
        older_than: aware; the chunk it lies in stays whole.

    Returns:
        What was dropped, oldest first.

    Raises:
        TableInUseError: a lock could not be had; what was dropped before stays dropped.
        asyncpg.InsufficientPrivilegeError: the table belongs to somebody else.
    """
    dropped: list[Chunk] = []
    waiting = await old_chunks(connection, table, older_than)
    while waiting:
        until = min(older_than, waiting[0].end_at + _AT_ONCE)
        due = [chunk for chunk in waiting if chunk.end_at <= until]
        dropped += await _drop(connection, table, due, until, dropped)
        waiting = [chunk for chunk in waiting if chunk.end_at > until]
    return dropped


async def _drop(
    connection: Connection,
    table: str,
    due: Sequence[Chunk],
    until: datetime,
    before: Sequence[Chunk],
) -> list[Chunk]:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            async with connection.transaction():
                await connection.execute(sql("lock_timeout"), _LOCK_TIMEOUT)
                rows = await connection.fetch(sql("chunks_drop"), table, until)
                names = {row["name"].rpartition(".")[2].strip('"') for row in rows}
                gone = [chunk for chunk in due if chunk.name in names]
                data_set = _data_set(table)
                if gone and data_set is not None:
                    await connection.execute(sql("coverage_drop"), data_set, gone[-1].end_at)
        except _IN_USE as error:
            if attempt == _ATTEMPTS:
                raise TableInUseError(
                    f"{table} is in use ({error}); {len(before)} chunks were dropped before"
                ) from error
            await asyncio.sleep(_PAUSE_SECONDS * attempt)
        else:
            return gone
    raise AssertionError("unreachable")


def _data_set(table: str) -> str | None:
    """What coverage calls the rows of a table; None where it knows nothing of them."""
    kinds = (kind.value for kind, of in history_tables().items() if of.table == table)
    return next(kinds, None)
