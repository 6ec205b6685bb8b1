"""What most commands need: settings, a migrated database, Dagster's instance."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from arb_pipeline.environment import database_url, prepare
from arb_pipeline.settings import Settings, settings
from arb_pipeline.storage.database import Pool, open_pool
from arb_pipeline.storage.migrations import migrate
from arb_pipeline.storage.reference import Reference

if TYPE_CHECKING:
    from dagster import DagsterInstance

T = TypeVar("T")


@dataclass
class Session:
    """A migrated database and, when asked for, Dagster's instance."""

    settings: Settings
    url: str

    @cached_property
    def instance(self) -> DagsterInstance:
        """Dagster's instance, the one the UI shows."""
        prepare(self.settings)
        # Imported here: half a second that commands without runs need not spend.
        from dagster import DagsterInstance

        return DagsterInstance.get()

    def query(self, ask: Callable[[Pool], Awaitable[T]]) -> T:
        """Run an asynchronous question against a pool of its own."""

        async def asked() -> T:
            pool = await open_pool(self.url, size=2, purpose="cli")
            try:
                return await ask(pool)
            finally:
                await pool.close()

        return asyncio.run(asked())

    def reference(self) -> Reference:
        """All exchanges and symbols, freshly loaded."""
        return self.query(Reference.load)

    def close(self) -> None:
        """Let go of Dagster's instance, if it was asked for."""
        instance: Any = self.__dict__.get("instance")
        if instance is not None:
            instance.dispose()


@contextmanager
def open_session() -> Iterator[Session]:
    """Start the database where it is embedded, apply pending migrations, open a session."""
    configured = settings()
    url = database_url(configured)
    asyncio.run(migrate(url))
    session = Session(configured, url)
    try:
        yield session
    finally:
        session.close()
