"""Running asynchronous work from Dagster's synchronous functions.

What belongs here: one event loop per piece of work, and what is tried again. A ``RetryPolicy`` on
an asset is not used: Dagster 1.13 applies it to interrupts too, so that a run that was cancelled
would go on after a pause.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import asyncpg
import dagster as dg
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_exponential

from arb_pipeline.settings import ConfigurationError

T = TypeVar("T")

# What a restart of the database mends.
DATABASE_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what the driver makes of a connection that broke in its hands
    ConfigurationError,
    OSError,
)
# Seconds that what is held in memory waits for a database that went away.
_PATIENCE_SECONDS = 30.0
_RETRIES = 6
_RETRY_SECONDS = 10


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run asynchronous work to its end; of several failures at once, the first is raised."""
    try:
        return asyncio.run(work)
    except BaseExceptionGroup as group:
        first: BaseException = group
        while isinstance(first, BaseExceptionGroup):
            first = first.exceptions[0]
        raise first from group


def run_step(work: Coroutine[Any, Any, T]) -> T:
    """As :func:`run`, inside a step that may be repeated.

    Raises:
        dagster.RetryRequested: the database went away; the step is repeated after a pause.
    """
    try:
        return run(work)
    except DATABASE_AWAY as error:
        raise dg.RetryRequested(max_retries=_RETRIES, seconds_to_wait=_RETRY_SECONDS) from error


async def outlasting(work: Callable[[], Awaitable[T]]) -> T:
    """Do work over the database, again and again while it is away; for what cannot be had twice.

    The work must do no harm when it is repeated: the database may go away after it committed.

    Raises:
        OSError, asyncpg.PostgresError: the database stays away.
    """
    async for attempt in AsyncRetrying(
        stop=stop_after_delay(_PATIENCE_SECONDS),
        wait=wait_exponential(multiplier=0.5, max=5),
        retry=retry_if_exception_type(DATABASE_AWAY),
        reraise=True,
    ):
        with attempt:
            return await work()
    raise AssertionError("the attempts end by returning or raising")
