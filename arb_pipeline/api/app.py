"""The REST API as one application: rooms, guards, and the pool they share.

What belongs here: putting them together. What does not: any question (its room's router), and the
server it runs in (``server``).
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from arb_pipeline.settings import Settings
from arb_pipeline.storage.database import open_pool

_ROOMS = ("plots", "start_page")


def create_app(settings: Settings, database_url: str) -> FastAPI:
    """The application; it opens its pool when it is started, and closes it in the end."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        pool = await open_pool(database_url, size=settings.api_connections, purpose="api")
        async with pool:
            app.state.pool = pool
            yield

    app = FastAPI(title="arb-pipeline", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.settings = settings
    for room in _ROOMS:
        if importlib.util.find_spec(f"arb_pipeline.api.{room}") is not None:
            app.include_router(importlib.import_module(f"arb_pipeline.api.{room}").router)
    return app
