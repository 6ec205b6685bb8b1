"""Bringing the schema to the version of this code, and back.

What belongs here: deciding which migrations are pending, running each in its own transaction under
one advisory lock, and the log of who did what when.
What does not: what the schema is (the files say it) and whether the live one is right (``tables``).
"""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import psutil

from arb_pipeline.storage.database import connect, sql
from arb_pipeline.storage.migration_files import Migration, MigrationError, load

if TYPE_CHECKING:
    from arb_pipeline.storage.database import Connection

Notice = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of the log: ``direction`` is up or down, ``executed_at`` is UTC."""

    version: int
    name: str
    direction: str
    checksum: str
    executed_at: datetime
    executed_by: str
    executed_from: str
    duration: timedelta


async def migrate(
    url: str, *, directory: Path | None = None, notice: Notice = lambda _: None
) -> list[Migration]:
    """Apply what is pending; wait where another process is migrating.

    Args:
        url: of the database, which exists.
        directory: where the migrations lie, if not in ``sql/migrations``.
        notice: told what the server has to say, such as roles that could not be created.

    Returns:
        What was applied, oldest first; empty where the schema was up to date.

    Raises:
        MigrationError: an applied migration was edited or is unknown, or one failed.
        OSError, asyncpg.PostgresError: the server cannot be reached, or refuses.
    """
    migrations = load(directory)
    async with _locked(url, notice) as connection:
        await _ensure_log(connection)
        current = _verified(await _applied(connection), migrations)
        for migration in migrations[current:]:
            await _run(connection, migration, "up", migration.up)
        return migrations[current:]


async def rollback(
    url: str,
    *,
    to: int | None = None,
    allow_data_loss: bool = False,
    directory: Path | None = None,
    notice: Notice = lambda _: None,
) -> list[Migration]:
    """Undo the newest migration, or all above version ``to`` (0 undoes everything).

    Returns:
        What was undone, newest first.

    Raises:
        MigrationError: rows would be lost and ``allow_data_loss`` is not given; ``to`` lies above
            the current version; an applied migration was edited or is unknown.
        OSError, asyncpg.PostgresError: the server cannot be reached, or refuses.
    """
    migrations = load(directory)
    async with _locked(url, notice) as connection:
        await _ensure_log(connection)
        current = _verified(await _applied(connection), migrations)
        target = max(current - 1, 0) if to is None else to
        if not 0 <= target <= current:
            raise MigrationError(f"cannot roll back to {target}: the schema is at {current}")
        setting = "on" if allow_data_loss else "off"
        await connection.execute(sql("migration_allow_data_loss"), setting)
        undone = migrations[target:current][::-1]
        for migration in undone:
            await _run(connection, migration, "down", migration.down)
        return undone


async def history(connection: Connection) -> list[LogEntry]:
    """Every migration that was applied or undone, oldest first."""
    if not await connection.fetchval(sql("migration_log_exists")):
        return []
    rows = await connection.fetch(sql("migration_log_read"))
    return [LogEntry(**dict(row)) for row in rows]


async def pending(connection: Connection, *, directory: Path | None = None) -> list[Migration]:
    """What ``migrate`` would apply.

    Raises:
        MigrationError: an applied migration was edited or is unknown to this code.
    """
    migrations = load(directory)
    return migrations[_verified(await _applied(connection), migrations) :]


async def _ensure_log(connection: Connection) -> None:
    if not await connection.fetchval(sql("migration_log_exists")):
        await connection.execute(sql("migration_log_create"))


async def _applied(connection: Connection) -> list[LogEntry]:
    newest = {entry.version: entry for entry in await history(connection)}
    return sorted(
        (entry for entry in newest.values() if entry.direction == "up"),
        key=lambda entry: entry.version,
    )


def _verified(applied: Sequence[LogEntry], migrations: Sequence[Migration]) -> int:
    """The current version, once what is applied is known to be what the files say."""
    for position, entry in enumerate(applied):
        if position >= len(migrations):
            raise MigrationError(
                f"the database has migration {entry.version:04d}_{entry.name}, which this code "
                "does not know: it was migrated by newer code. Update this installation."
            )
        migration = migrations[position]
        if (entry.version, entry.checksum) != (migration.version, migration.checksum):
            raise MigrationError(
                f"{migration.file} was changed after it was applied on "
                f"{entry.executed_at:%Y-%m-%d %H:%M} UTC by {entry.executed_by}. Restore the file "
                "and put the change into a new migration."
            )
    return len(applied)


async def _run(connection: Connection, migration: Migration, direction: str, text: str) -> None:
    try:
        async with connection.transaction():
            await connection.execute(text)
            await connection.execute(
                sql("migration_log_add"),
                migration.version,
                migration.name,
                direction,
                migration.checksum,
                f"{psutil.Process().username()}@{socket.gethostname()}",
            )
    except asyncpg.PostgresError as error:
        step = f"{migration.version:04d}_{migration.name} ({direction})"
        hint = f" {error.hint}" if getattr(error, "hint", None) else ""
        raise MigrationError(f"{step} failed and was undone: {error.message}.{hint}") from error


@asynccontextmanager
async def _locked(url: str, notice: Notice) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A connection that holds the lock; closing it releases both."""

    def listen(_: Any, message: Any) -> None:
        hint = f" {message.hint}" if getattr(message, "hint", None) else ""
        notice(f"{message.message}{hint}")

    connection = await connect(url, purpose="migrations")
    try:
        await connection.execute("SET statement_timeout TO 0")  # waiting for the lock may be long
        await connection.execute(sql("migration_lock"))
        connection.add_log_listener(listen)
        yield connection
        connection.remove_log_listener(listen)
    finally:
        await connection.close()
