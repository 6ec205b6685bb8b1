"""Storing old chunks by columns, where the edition of TimescaleDB can.

What belongs here: switching it on, and compressing where no policy does. Which tables, and how,
is said once, by the procedures of ``sql/migrations/0014_compression.up.sql``.

Writes into compressed chunks stay what they are: TimescaleDB unpacks the batches that may hold a
conflicting row before it looks for conflicts, under the snapshot of the statement, so that the
counts of ``candles_merge.sql`` hold. It refuses a statement that would unpack more than 100,000
rows; a page of candles meets two or three batches of a thousand.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from arb_pipeline.storage.database import sql
from arb_pipeline.storage.retention import Chunk, old_chunks

if TYPE_CHECKING:
    from arb_pipeline.storage.database import Connection


async def enable(connection: Connection) -> dict[str, bool]:
    """Switch compression on; what hinders it is sent to the connection's log listeners.

    Returns:
        The tables that are compressed now, and whether TimescaleDB does it by a policy; empty on
        the Apache edition. Calling it again changes nothing.

    Raises:
        asyncpg.InsufficientPrivilegeError: the tables belong to somebody else.
    """
    await connection.execute(sql("compression_enable"))
    return await compressed_tables(connection)


async def compressed_tables(connection: Connection) -> dict[str, bool]:
    """The tables that are compressed, and whether TimescaleDB does it by a policy."""
    rows = await connection.fetch(sql("compression_state"))
    return {row["relation"]: row["has_policy"] for row in rows}


async def compress_old_chunks(
    connection: Connection, table: str, older_than: datetime, *, at_most: int = 200
) -> list[Chunk]:
    """Compress chunks that end at or before a time, the oldest first, each by itself.

    Args:
        connection: outside of a transaction.
        table: one of :func:`compressed_tables`.
        older_than: aware; the chunk it lies in is left alone.
        at_most: how many chunks; the next call goes on.
    """
    chunks = [c for c in await old_chunks(connection, table, older_than) if not c.is_compressed]
    for chunk in chunks[:at_most]:
        await connection.execute(sql("chunks_compress"), chunk.name)
    return chunks[:at_most]
