"""How large the tables are, what times they span and how fast they grow.

What belongs here: numbers of the storage itself, quick on tables of any size: large ones are not
counted, and only the oldest and newest chunks are read for the times they span.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from arb_pipeline.storage.database import sql

if TYPE_CHECKING:
    from asyncpg import Record

    from arb_pipeline.storage.database import Connection

# Counted in a blink; what is larger is estimated.
_COUNTED_BYTES = 64 * 1024 * 1024
_RECENT_HOURS = 24


@dataclass(frozen=True, slots=True)
class TableStats:
    """One table.

    Attributes:
        table: its name.
        rows: how many; None where they were never counted nor estimated.
        is_estimate: whether ``rows`` is the server's statistics rather than a count.
        bytes: with indexes, and all chunks of a hypertable.
        chunks: of a hypertable; None of any other table.
        oldest: time of the oldest row, UTC; None where there is none, or rows have no time.
        newest: of the newest.
        rows_per_hour: rows whose time lies in the last 24 hours, divided by 24; None where rows
            have no time.
    """

    table: str
    rows: int | None
    is_estimate: bool
    bytes: int
    chunks: int | None
    oldest: datetime | None
    newest: datetime | None
    rows_per_hour: float | None


@dataclass(frozen=True, slots=True)
class CacheStats:
    """How the id cache did in the last 24 hours; the ratio is null where nothing was looked up."""

    lookups: int
    misses: int

    @property
    def hit_ratio(self) -> float | None:
        """The share of lookups the cache answered by itself, 0 to 1."""
        return 1 - self.misses / self.lookups if self.lookups else None


async def table_stats(connection: Connection) -> list[TableStats]:
    """Every table, the largest first."""
    rows = await connection.fetch(sql("stats_tables"))
    return [await _table(connection, row) for row in rows]


async def _table(connection: Connection, row: Record) -> TableStats:
    small = row["bytes"] < _COUNTED_BYTES
    count = row["estimate"]
    if small:
        count = await connection.fetchval(_of("stats_count", row))
    times: dict[str, datetime | int | None] = {}
    if row["has_time"] and (row["is_hypertable"] or small):
        windows = [row[name] for name in _WINDOWS]
        found = await connection.fetchrow(_of("stats_times", row), *windows, _recently())
        times = dict(found or {})
    recent = times.get("recent")
    oldest, newest = times.get("oldest"), times.get("newest")
    return TableStats(
        table=row["relation"],
        rows=count,
        is_estimate=not small,
        bytes=row["bytes"],
        chunks=row["chunks"],
        oldest=oldest if isinstance(oldest, datetime) else None,
        newest=newest if isinstance(newest, datetime) else None,
        rows_per_hour=recent / _RECENT_HOURS if isinstance(recent, int) else None,
    )


_WINDOWS = ("oldest_start", "oldest_end", "newest_start", "newest_end")


def _of(query: str, row: Record) -> str:
    """The query over one table of the catalog; the name comes quoted by the server."""
    return sql(query).replace("a_table", row["quoted"])


def _recently() -> datetime:
    return datetime.now(tz=UTC) - timedelta(hours=_RECENT_HOURS)


async def cache_stats(connection: Connection) -> CacheStats:
    """How the id cache did in the last 24 hours, all processes together."""
    row = await connection.fetchrow(sql("stats_lookups"), _recently())
    return CacheStats(row["lookups"], row["misses"]) if row else CacheStats(0, 0)


async def database_bytes(connection: Connection, name: str) -> int | None:
    """Size of a database of the same server; None where there is none or it may not be asked."""
    size: int | None = await connection.fetchval(sql("stats_database"), name)
    return size
