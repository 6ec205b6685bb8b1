"""What assets and IO managers need from outside: the database and the exchanges.

What belongs here: turning settings into opened pools and clients. Secrets stay in the settings;
they are read when something is opened and never become resource configuration, which Dagster
would show.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import dagster as dg

from arb_pipeline.environment import database_url
from arb_pipeline.exchanges.archives import PUBLIC_ARCHIVE
from arb_pipeline.exchanges.budget import Budget, Ledger
from arb_pipeline.exchanges.budget_shared import SharedBudget
from arb_pipeline.exchanges.registry import Exchanges, open_exchanges
from arb_pipeline.exchanges.retrying import RetryOptions
from arb_pipeline.exchanges.session import Connection
from arb_pipeline.exchanges.venues import rate_limits
from arb_pipeline.model import Company
from arb_pipeline.settings import Settings, settings
from arb_pipeline.storage.database import Pool, open_pool
from arb_pipeline.storage.rate_budget import RateLedger


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


def archive_url(configured: Settings) -> str | None:
    """Where Binance's archives lie; None where they are not wanted.

    Whatever stands in Binance's place stands in theirs too: rows of two worlds never mix.
    """
    if not configured.binance_archives:
        return None
    if configured.binance_archive_url is not None:
        return configured.binance_archive_url
    binance = configured.company(Company.BINANCE)
    if binance.base_url is not None:
        return f"{binance.base_url}-archive"
    return None if binance.testnet else PUBLIC_ARCHIVE


@asynccontextmanager
async def configured_exchanges(
    configured: Settings,
    *,
    ledger: Ledger | None = None,
    reserved: bool = False,
    patience_seconds: float | None = None,
) -> AsyncIterator[Exchanges]:
    """Clients for every exchange over one HTTP session, closed on leaving.

    Args:
        configured: how to reach them, and how often to try.
        ledger: the rate budget shared with all other processes; without one, nobody else's
            requests and blocks are known.
        reserved: whether these clients may use what ``ARB_BEAT_SHARE`` keeps from all others.
        patience_seconds: for how long a call waits for an exchange that asks to be left alone.
    """
    retry = RetryOptions(
        attempts=configured.request_attempts,
        base_seconds=configured.retry_base_seconds,
        max_seconds=configured.retry_max_seconds,
        ban_seconds=configured.ban_seconds,
    )
    if patience_seconds is not None:
        retry = replace(retry, patience_seconds=patience_seconds)
    async with open_exchanges(
        connections(configured),
        retry=retry,
        timeout_seconds=configured.request_timeout_seconds,
        rate_safety=configured.rate_safety,
        budgets=_budgets(configured, ledger, reserved=reserved) if ledger is not None else None,
        archive_url=archive_url(configured),
    ) as exchanges:
        yield exchanges


def _budgets(configured: Settings, ledger: Ledger, *, reserved: bool) -> dict[Company, Budget]:
    return {
        company: SharedBudget(
            company,
            rate_limits(company),
            ledger,
            safety=configured.rate_safety,
            reserve=configured.beat_share,
            reserved=reserved,
        )
        for company in Company
    }


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
        self, pool: Pool, *, patience_seconds: float | None = None, reserved: bool = False
    ) -> AsyncIterator[Exchanges]:
        """Clients over one HTTP session, closed on leaving.

        They share one rate budget with all other processes over the database, and leave alone who
        asked any of them to.

        Args:
            pool: where the budget is kept; now and then one of its connections is borrowed for
                a statement.
            patience_seconds: for how long a call waits for an exchange.
            reserved: whether they may use what is kept for the beat.
        """
        configured = settings()
        async with configured_exchanges(
            configured,
            ledger=RateLedger(pool, egress=configured.egress),
            reserved=reserved,
            patience_seconds=patience_seconds,
        ) as exchanges:
            yield exchanges
