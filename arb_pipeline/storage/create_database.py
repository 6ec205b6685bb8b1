"""Create a database on a server where it is missing.

What belongs here: only that, because it happens before there is anything to migrate or to read.
"""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, unquote

import asyncpg

_URL = re.compile(
    r"^(?:postgres|postgresql)(?:\+\w+)?://(?P<server>[^/?]*)(?:/(?P<database>[^?]*))?(?P<rest>\?.*)?$"
)


def normalize(url: str) -> str:
    """The same URL as asyncpg, psycopg2, SQLAlchemy and psql all understand it.

    Raises:
        ValueError: it is no URL of a PostgreSQL database; the message does not repeat it.
    """
    match = _parse(url)
    return f"postgresql://{match['server']}/{match['database']}{match['rest'] or ''}"


def with_database(url: str, database: str) -> str:
    """The URL of another database on the same server."""
    match = _parse(url)
    return f"postgresql://{match['server']}/{quote(database, safe='')}{match['rest'] or ''}"


def with_suffix(url: str, suffix: str) -> str:
    """The URL of the database whose name has ``suffix`` behind it, on the same server."""
    return with_database(url, unquote(_parse(url)["database"]) + suffix)


def _parse(url: str) -> re.Match[str]:
    match = _URL.match(url)
    if match is None or not match["database"]:
        raise ValueError("must look like postgresql://user:password@host:port/database")
    return match


def ensure_database(url: str) -> None:
    """Create the database that ``url`` names, if the server lacks it.

    May be called with or without a running event loop.

    Raises:
        OSError, asyncpg.PostgresError: the server cannot be reached, or refuses.
    """
    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(asyncio.run, _ensure(url)).result()


async def _ensure(url: str) -> None:
    try:
        connection = await asyncpg.connect(url)
    except asyncpg.InvalidCatalogNameError:
        connection = await asyncpg.connect(with_database(url, "postgres"))
    else:
        await connection.close()
        return
    try:
        database = unquote(_parse(url)["database"])
        name = await connection.fetchval("SELECT quote_ident($1)", database)
        await connection.execute(f"CREATE DATABASE {name}")
    except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
        return  # another process was faster
    finally:
        await connection.close()
