"""Dropping what is older than it is kept, a chunk at a time.

What belongs here: finding and dropping old chunks without holding others up, and noting in coverage
what went: it is unreachable from then on, neither present nor missing, so that nobody asks for it
again. Predicted funding rates lie among paid funding, which is history and stays: where a chunk
holds both, the predicted rows are deleted, and coverage, which knows of paid funding only, stays as
it is. What does not belong here: how long a table is kept (settings) and what must not be dropped
now (``defs/maintenance``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
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
_FUNDING = "funding_rate_snapshots"
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


@dataclass(slots=True)
class Dropped:
    """What went.

    Attributes:
        chunks: as a whole, oldest first.
        rows: how many, out of chunks that stay.
    """

    chunks: list[Chunk] = field(default_factory=list)
    rows: int = 0


async def old_chunks(connection: Connection, table: str, older_than: datetime) -> list[Chunk]:
    """Chunks that end at or before a time, oldest first; none of what is no hypertable."""
    rows = await connection.fetch(sql("chunks_older"), table, older_than)
    return [Chunk(**dict(row)) for row in rows]


async def due_chunks(connection: Connection, table: str, older_than: datetime) -> list[Chunk]:
    """Those of the old chunks that hold anything to be dropped: not those of paid funding alone."""
    chunks = await old_chunks(connection, table, older_than)
    if table != _FUNDING:
        return chunks
    oldest = await connection.fetchval(sql("funding_predicted_oldest"), older_than)
    if oldest is None:
        return []
    rows = await connection.fetch(sql("chunks_predicted"), oldest, older_than)
    names = {row["name"] for row in rows}
    return [chunk for chunk in chunks if chunk.name in names]


async def drop_old(connection: Connection, table: str, older_than: datetime) -> Dropped:
    """Drop the chunks that end at or before a time, about a day of them per transaction.

    Of funding rates, chunks with paid funding stay, and only their predicted rows go.

    Args:
        connection: outside of a transaction.
        table: a hypertable; of anything else nothing is dropped.
        older_than: aware; the chunk it lies in stays whole.

    Raises:
        TableInUseError: a lock could not be had; what was dropped before stays dropped.
        asyncpg.InsufficientPrivilegeError: the table belongs to somebody else.
    """
    dropped = Dropped()
    waiting = await due_chunks(connection, table, older_than)
    while waiting:
        until = min(older_than, waiting[0].end_at + _AT_ONCE)
        due = [chunk for chunk in waiting if chunk.end_at <= until]
        gone = await _drop(connection, table, due, until, dropped)
        dropped.chunks += gone.chunks
        dropped.rows += gone.rows
        waiting = [chunk for chunk in waiting if chunk.end_at > until]
    return dropped


async def _drop(
    connection: Connection, table: str, due: Sequence[Chunk], until: datetime, before: Dropped
) -> Dropped:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            async with connection.transaction():
                await connection.execute(sql("lock_timeout"), _LOCK_TIMEOUT)
                if table == _FUNDING:
                    return await _drop_predicted(connection, due)
                return await _drop_whole(connection, table, due, until)
        except _IN_USE as error:
            if attempt == _ATTEMPTS:
                rows = f" and {before.rows} rows" if before.rows else ""
                raise TableInUseError(
                    f"{table} is in use ({error}); {len(before.chunks)} chunks{rows} were dropped "
                    "before"
                ) from error
            await asyncio.sleep(_PAUSE_SECONDS * attempt)
    raise AssertionError("unreachable")


async def _drop_whole(
    connection: Connection, table: str, due: Sequence[Chunk], until: datetime
) -> Dropped:
    rows = await connection.fetch(sql("chunks_drop"), table, until, None)
    names = {row["name"].rpartition(".")[2].strip('"') for row in rows}
    gone = [chunk for chunk in due if chunk.name in names]
    data_set = _data_set(table)
    if gone and data_set is not None:
        await connection.execute(sql("coverage_drop"), data_set, gone[-1].end_at)
    return Dropped(gone)


async def _drop_predicted(connection: Connection, due: Sequence[Chunk]) -> Dropped:
    # A plan for any values would open all the chunks there are.
    await connection.execute(sql("plan_each"))
    # Or funding could be stored in a chunk after it was found to hold none.
    await connection.execute(sql("funding_writers_wait"))
    rows = await connection.fetch(sql("chunks_predicted"), due[0].start_at, due[-1].end_at)
    has_paid = {row["name"]: row["has_paid"] for row in rows}
    dropped = Dropped()
    # Before any chunk is dropped, which locks readers out. A chunk at a time: one statement may not
    # unpack any number of compressed rows.
    for chunk in due:
        if has_paid.get(chunk.name, True):
            window = (chunk.start_at, chunk.end_at)
            dropped.rows += await connection.fetchval(sql("funding_predicted_drop"), *window)
    for chunk in due:
        if not has_paid.get(chunk.name, True):
            await connection.execute(sql("chunks_drop"), _FUNDING, chunk.end_at, chunk.start_at)
            dropped.chunks.append(chunk)
    return dropped


def _data_set(table: str) -> str | None:
    """What coverage calls the rows of a table; None where it knows nothing of them."""
    kinds = (kind.value for kind, of in history_tables().items() if of.table == table)
    return next(kinds, None)
