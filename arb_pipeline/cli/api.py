"""``api``: the REST API and the charts, in a process of their own."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from arb_pipeline.cli.app import app
from arb_pipeline.environment import dagster_url, database_url
from arb_pipeline.logs import configure
from arb_pipeline.settings import settings
from arb_pipeline.settings.api import require_tokens
from arb_pipeline.storage.migrations import migrate


@app.command("api")
def serve_api(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one.")] = None,
) -> None:
    """Serve the REST API and the charts until interrupted; its page is at /docs."""
    # Imported here: no other command needs a web server.
    from arb_pipeline.api.server import serve

    given = {"api_host": host, "api_port": port}
    configured = settings().model_copy(
        update={name: value for name, value in given.items() if value is not None}
    )
    require_tokens(configured)
    url = database_url(configured)
    asyncio.run(migrate(url))
    configure("api")
    serve(configured, url, dagster_url(configured))
