"""What assets and IO managers need from outside: the database and the exchanges.

What belongs here: turning settings into opened pools and clients. Secrets stay in the settings;
they are read when something is opened and never become resource configuration, which Dagster
would show.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

import dagster as dg

from arb_pipeline.environment import database_url
from arb_pipeline.exchanges.client import OnBlock
from arb_pipeline.exchanges.registry import Exchanges, open_exchanges
from arb_pipeline.exchanges.retrying import RetryOptions
from arb_pipeline.exchanges.session import Connection
from arb_pipeline.model import Company
from arb_pipeline.settings import Settings, settings
from arb_pipeline.storage.blocks import load_blocks, save_block
from arb_pipeline.storage.database import Pool, open_pool


def connections(configured: Settings) -> dict[Company, Connection]:
    """How to reach each company, from the environment."""
    return {
        company: Connection(
            base_url=own.base_url,
            api_key=own.api_key,
            api_secret=own.api_secret,
            testnet=own.testnet,
        )
        for company in Company
        for own in (configured.company(company),)
    }


@asynccontextmanager
async def configured_exchanges(
    configured: Settings,
    *,
    patience_seconds: float | None = None,
    blocked_until: Mapping[Company, int] | None = None,
    on_block: OnBlock | None = None,
) -> AsyncIterator[Exchanges]:
    """Clients for every exchange over one HTTP session, closed on leaving.

    Args:
        configured: how to reach them, and how often to try.
        patience_seconds: for how long a call waits for an exchange that asks to be left alone.
        blocked_until: who does so already, milliseconds since the epoch.
        on_block: told of who does so from now on.
    """
    retry = RetryOptions(
        attempts=configured.request_attempts,
        base_seconds=configured.retry_base_seconds,
        max_seconds=configured.retry_max_seconds,
    )
    if patience_seconds is not None:
        retry = replace(retry, patience_seconds=patience_seconds)
    async with open_exchanges(
        connections(configured),
        retry=retry,
        timeout_seconds=configured.request_timeout_seconds,
        rate_safety=configured.rate_safety,
        blocked_until=blocked_until,
        on_block=on_block,
    ) as exchanges:
        yield exchanges


class DatabaseResource(dg.ConfigurableResource[None]):
    """The TimescaleDB that the settings point to."""

    @asynccontextmanager
    async def pool(self, size: int = 2) -> AsyncIterator[Pool]:
        """A pool of connections, closed on leaving."""
        pool = await self.open(size)
        try:
            yield pool
        finally:
            await pool.close()

    async def open(self, size: int = 2) -> Pool:
        """A pool of connections; the caller closes it."""
        return await open_pool(database_url(settings()), size=size, purpose="dagster")


class ExchangesResource(dg.ConfigurableResource[None]):
    """The exchanges, redirected and credentialed as the environment says."""

    @asynccontextmanager
    async def clients(
        self, pool: Pool, *, patience_seconds: float | None = None
    ) -> AsyncIterator[Exchanges]:
        """Clients over one HTTP session, closed on leaving.

        An exchange that asked any process to leave it alone is left alone by these, too, and what
        it asks of these is told to all others over the database.
        """
        saving: set[asyncio.Task[None]] = set()

        def on_block(company: Company, until: int, reason: str) -> None:
            task = asyncio.get_running_loop().create_task(_save(pool, company, until, reason))
            saving.add(task)

        try:
            async with configured_exchanges(
                settings(),
                patience_seconds=patience_seconds,
                blocked_until=await load_blocks(pool),
                on_block=on_block,
            ) as exchanges:
                yield exchanges
        finally:
            await asyncio.gather(*saving)


async def _save(pool: Pool, company: Company, until: int, reason: str) -> None:
    await save_block(pool, company, until, reason)
