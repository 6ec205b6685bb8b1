"""``arb-pipeline db stats | compress``: how large the tables are, and making old chunks smaller."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from arb_pipeline.cli.app import console, errors, table
from arb_pipeline.cli.db import db_app
from arb_pipeline.cli.session import open_session
from arb_pipeline.storage import compression
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.stats import (
    CacheStats,
    TableStats,
    cache_stats,
    database_bytes,
    table_stats,
)


@db_app.command()
def stats() -> None:
    """Per table: rows, size, chunks, oldest and newest row, growth; and the id cache's hits."""
    with open_session() as session:
        configured = session.settings
        dagster_name = configured.dagster_db + configured.suffix

        async def ask(pool: Pool) -> tuple[list[TableStats], CacheStats, int | None]:
            async with pool.acquire() as connection:
                return (
                    await table_stats(connection),
                    await cache_stats(connection),
                    await database_bytes(connection, dagster_name),
                )

        tables, cache, dagster = session.query(ask)
    made = table(
        "table", numbers=("rows", "MB", "chunks", "oldest (UTC)", "newest (UTC)", "rows/h")
    )
    for one in tables:
        made.add_row(
            one.table,
            _rows(one),
            f"{one.bytes / 1e6:,.1f}",
            "" if one.chunks is None else f"{one.chunks:,}",
            _time(one.oldest),
            _time(one.newest),
            "" if one.rows_per_hour is None else f"{one.rows_per_hour:,.1f}",
        )
    console.print(made)
    console.print("~: estimated from the server's statistics; rows/h: of the last 24 hours")
    ratio = cache.hit_ratio
    hits = "nothing was looked up" if ratio is None else f"{ratio:.2%} of {cache.lookups:,} lookups"
    console.print(f"id cache, last 24 hours: {hits}", highlight=False)
    if dagster is not None:
        console.print(f"Dagster's own database: {dagster / 1e6:,.1f} MB", highlight=False)


@db_app.command()
def compress() -> None:
    """Switch on compression of old chunks; needs TimescaleDB's Community edition."""

    def listen(_: Any, message: Any) -> None:
        hint = f" {message.hint}" if getattr(message, "hint", None) else ""
        errors.print(f"{message.message}{hint}", highlight=False, markup=False, soft_wrap=True)

    async def enable(pool: Pool) -> dict[str, bool]:
        async with pool.acquire() as connection:
            connection.add_log_listener(listen)
            try:
                return await compression.enable(connection)
            finally:
                connection.remove_log_listener(listen)

    with open_session() as session:
        tables = session.query(enable)
    for name, has_policy in tables.items():
        how = "by a policy of TimescaleDB" if has_policy else "by the daily retention"
        console.print(f"{name}: chunks older than 7 days are compressed {how}", highlight=False)
    if not tables:
        console.print("no table is compressed")


def _rows(one: TableStats) -> str:
    if one.rows is None:
        return "?"
    return f"{'~' if one.is_estimate else ''}{one.rows:,}"


def _time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""
