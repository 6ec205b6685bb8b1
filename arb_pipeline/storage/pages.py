"""Rows in pages, for readers that come back for more: by the key of the last row they have.

What belongs here: asking for what follows a key, so that every row that was there when a reader
began comes once, whatever is stored meanwhile. What does not: which question (``sql/queries``,
``page_*.sql``; decimals leave the database as text, exact and as they are written), and frames
(``queries``): nothing here needs pandas.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from arb_pipeline.storage.database import sql

if TYPE_CHECKING:
    from asyncpg import Record

    from arb_pipeline.storage.database import Connection


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the key of the last one where more follow."""

    rows: Sequence[Record]
    following: tuple[Any, ...] | None


async def page(
    connection: Connection,
    name: str,
    *parameters: Any,
    key: Sequence[str],
    after: Sequence[Any],
    limit: int,
) -> Page:
    """The next rows of the query ``page_{name}``.

    Args:
        connection: to read from.
        name: of the query; its last parameters are the key and the number of rows.
        parameters: what is asked for.
        key: columns the rows are ordered by; no two rows share one.
        after: the key of the last row the reader has.
        limit: most rows.
    """
    found = await connection.fetch(sql(f"page_{name}"), *parameters, *after, limit + 1)
    rows = found[:limit]
    if len(found) <= limit:
        return Page(rows, None)
    return Page(rows, tuple(rows[-1][column] for column in key))
