"""What requests are answered with: a connection of the application's pool.

What belongs here: what FastAPI injects into every room of the API. What does not: parameters of
single questions.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from arb_pipeline.storage.database import Connection, Pool

# Whoever waits longer for a connection is told that the database is away.
ACQUIRE_SECONDS = 10.0


async def connection(request: Request) -> AsyncIterator[Connection]:
    """A connection for as long as the request is worked on.

    Raises:
        OSError, asyncpg.PostgresError: there is none; answered with 503.
    """
    pool: Pool = request.app.state.pool
    async with pool.acquire(timeout=ACQUIRE_SECONDS) as acquired:
        yield acquired


# Returned to the pool before the answer is sent: a slow reader holds none.
Database = Annotated[Connection, Depends(connection, scope="function")]
