"""The configured database for notebooks and scripts, where ``storage.queries`` are asked.

What belongs here: opening it as the settings say, and asking without ``await``. What does not: the
questions themselves.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Concatenate, ParamSpec, TypeVar

from arb_pipeline.environment import database_url
from arb_pipeline.settings import Settings, settings
from arb_pipeline.storage.database import Connection, connect

P = ParamSpec("P")
T = TypeVar("T")


@asynccontextmanager
async def database(configured: Settings | None = None) -> AsyncIterator[Connection]:
    """A connection to the project's database; the embedded server is started where it is not.

    Args:
        configured: default: the settings of this process.

    Raises:
        ConfigurationError: the database cannot be reached or had; the message says what to do.
    """
    # In a thread: it may wait for a server to start.
    url = await asyncio.to_thread(database_url, configured or settings())
    connection = await connect(url, purpose="notebook")
    try:
        yield connection
    finally:
        await connection.close()


def ask(
    question: Callable[Concatenate[Connection, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Ask one question over a connection of its own: ``ask(queries.symbols)``.

    Works in plain scripts and in notebooks, which have an event loop running already.

    Raises:
        ConfigurationError: as ``database``.
    """

    async def asked() -> T:
        async with database() as connection:
            return await question(connection, *args, **kwargs)

    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, asked()).result()
