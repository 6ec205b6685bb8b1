"""What assets and IO managers need from outside: the database and the exchanges.

What belongs here: turning settings into opened pools and clients. Secrets stay in the settings;
they are read when something is opened and never become resource configuration, which Dagster
would show.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import dagster as dg

from arb_pipeline.environment import database_url
from arb_pipeline.exchanges.registry import Exchanges, open_exchanges
from arb_pipeline.exchanges.retrying import RetryOptions
from arb_pipeline.exchanges.session import Connection
from arb_pipeline.model import Company
from arb_pipeline.settings import Settings, settings
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
async def configured_exchanges(configured: Settings) -> AsyncIterator[Exchanges]:
    """Clients for every exchange over one HTTP session, closed on leaving."""
    retry = RetryOptions(
        attempts=configured.request_attempts,
        base_seconds=configured.retry_base_seconds,
        max_seconds=configured.retry_max_seconds,
    )
    async with open_exchanges(
        connections(configured),
        retry=retry,
        timeout_seconds=configured.request_timeout_seconds,
        rate_safety=configured.rate_safety,
    ) as exchanges:
        yield exchanges


class DatabaseResource(dg.ConfigurableResource[None]):
    """The TimescaleDB that the settings point to."""

    @asynccontextmanager
    async def pool(self, size: int = 2) -> AsyncIterator[Pool]:
        """A pool of connections, closed on leaving."""
        pool = await open_pool(database_url(settings()), size=size, purpose="dagster")
        try:
            yield pool
        finally:
            await pool.close()


class ExchangesResource(dg.ConfigurableResource[None]):
    """The exchanges, redirected and credentialed as the environment says."""

    @asynccontextmanager
    async def clients(self) -> AsyncIterator[Exchanges]:
        """Clients over one HTTP session, closed on leaving."""
        async with configured_exchanges(settings()) as exchanges:
            yield exchanges
