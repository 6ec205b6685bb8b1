"""Connections to the database, and the SQL files that are run over them.

What belongs here: how a connection is opened (UTC, names itself, cannot hang for ever) and where
``sql/`` lies. What does not: any statement of its own; those are named files in ``sql/queries``.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import asyncpg

from arb_pipeline.storage.create_database import ensure_database

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

# Quoted: asyncpg's classes take a parameter in their stubs only.
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

__all__ = [
    "Connection",
    "Pool",
    "connect",
    "ensure_database",
    "open_pool",
    "open_serving_pool",
    "sql",
    "sql_directory",
]

CONNECT_SECONDS = 30.0
# A statement that runs longer than this is stuck; migrations and rollbacks lift the limit.
STATEMENT_SECONDS = 300
# The same for those who wait for an answer of a server.
SERVING_CONNECT_SECONDS = 5.0
SERVING_STATEMENT_SECONDS = 30
# A process that stands still inside a transaction would otherwise hold its locks for ever.
IDLE_IN_TRANSACTION_SECONDS = 600


def _server_settings(purpose: str, statement_seconds: int = STATEMENT_SECONDS) -> dict[str, str]:
    return {
        "application_name": f"arb-pipeline {purpose}".strip(),
        "timezone": "UTC",
        "statement_timeout": f"{statement_seconds}s",
        "idle_in_transaction_session_timeout": f"{IDLE_IN_TRANSACTION_SECONDS}s",
    }


async def connect(url: str, *, purpose: str = "") -> asyncpg.Connection[asyncpg.Record]:
    """Open one connection; the caller closes it.

    Args:
        url: ``postgresql://…``.
        purpose: shown in ``pg_stat_activity`` behind the project's name.

    Raises:
        OSError, asyncpg.PostgresError: the server cannot be reached, or refuses.
    """
    return await asyncpg.connect(
        url, timeout=CONNECT_SECONDS, server_settings=_server_settings(purpose)
    )


async def open_pool(url: str, *, size: int, purpose: str = "") -> Pool:
    """Open a pool of at most ``size`` connections, the first at once; the caller closes it.

    Raises:
        OSError, asyncpg.PostgresError: the server cannot be reached, or refuses.
    """
    return await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=size,
        timeout=CONNECT_SECONDS,
        server_settings=_server_settings(purpose),
    )


async def open_serving_pool(url: str, *, size: int, purpose: str) -> Pool:
    """Open a pool for a server whose clients wait: it need not find the database there.

    Connections are opened as they are needed, and fail soon. They are handed on as they are, which
    saves a round trip a request: whoever uses one leaves no setting, lock or cursor behind.
    """
    return await asyncpg.create_pool(
        url,
        min_size=0,
        max_size=size,
        timeout=SERVING_CONNECT_SECONDS,
        server_settings=_server_settings(purpose, SERVING_STATEMENT_SECONDS),
        reset=_as_it_is,
    )


async def _as_it_is(_: object) -> None:
    """Instead of asyncpg's RESET ALL and its like."""


@lru_cache(maxsize=1)
def sql_directory() -> Path:
    """The directory ``sql``: of the checkout, or the copy inside the installed package.

    Raises:
        FileNotFoundError: the installation has neither.
    """
    package = Path(__file__).resolve().parent.parent
    for directory in (package.parent / "sql", package / "sql"):
        if (directory / "migrations").is_dir():
            return directory
    raise FileNotFoundError(f"neither {package.parent} nor {package} holds sql/migrations")


@lru_cache(maxsize=256)
def sql(name: str) -> str:
    """The text of ``sql/queries/{name}.sql``.

    Raises:
        FileNotFoundError: there is no such query.
    """
    return (sql_directory() / "queries" / f"{name}.sql").read_text(encoding="utf-8")
