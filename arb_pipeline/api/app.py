"""The REST API as one application: rooms, guards, and the pools they share.

What belongs here: putting them together. What does not: any question (its room's router), and the
server it runs in (``server``).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI

from arb_pipeline.api import desk, health, market, plots, start_page, symbols, tokens
from arb_pipeline.api.asking import Symbols
from arb_pipeline.api.errors import add_handlers
from arb_pipeline.api.guard import Guard
from arb_pipeline.api.page import add_page
from arb_pipeline.settings import Settings
from arb_pipeline.storage.create_database import with_database
from arb_pipeline.storage.database import open_serving_pool

_ABOUT = """What the pipeline collected and computed.

Decimals are strings, exact to the last digit; times are UTC. Lists come in pages: `next` (and the
`Link` header) leads on. `Accept` chooses between JSON, `text/csv` and
`application/vnd.apache.arrow.stream`. Windows are half-open: `start` belongs to them, `end` does
not.
"""
_LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")


def create_app(settings: Settings, database_url: str, dagster_url: str | None = None) -> FastAPI:
    """The application; it opens its pools when it is started, and closes them in the end.

    Args:
        settings: of this process.
        database_url: of the project's database, which need not be there yet.
        dagster_url: of Dagster's own; by default the one the settings name on the same server.
    """
    dagster = dagster_url or with_database(database_url, settings.dagster_db + settings.suffix)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        size = settings.api_connections
        async with (
            await open_serving_pool(database_url, size=size, purpose="api") as pool,
            await open_serving_pool(dagster, size=1, purpose="api") as dagster_pool,
        ):
            app.state.pool, app.state.dagster_pool = pool, dagster_pool
            yield

    app = FastAPI(
        title="arb-pipeline",
        description=_ABOUT,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings, app.state.symbols = settings, Symbols()
    app.include_router(health.router)
    for room in (symbols, market, desk, plots, start_page):
        app.include_router(room.router, dependencies=[Depends(tokens.require)])
    add_page(app)
    add_handlers(app)
    # Who listens for others is asked for by names only they know, and asks for tokens.
    hosts = {*_LOCAL_NAMES, settings.api_host.lower()} if settings.api_is_local else ()
    app.add_middleware(Guard, hosts=sorted(hosts), rate=settings.api_rate)
    return app
