"""The process the API runs in: where it listens, and that it may.

What belongs here: uvicorn and its logs. What does not: the application (``app``).
"""

from __future__ import annotations

import logging

import uvicorn

from arb_pipeline.api.app import create_app
from arb_pipeline.settings import Settings
from arb_pipeline.settings.api import require_tokens

_GOODBYE_SECONDS = 5


def serve(settings: Settings, database_url: str, dagster_url: str) -> None:
    """Serve until SIGINT or SIGTERM; requests under way are finished first.

    Raises:
        ConfigurationError: no tokens, though others can reach it.
    """
    require_tokens(settings)
    # Its own words (started, cannot bind) go where ours go; every request would be too many.
    theirs = logging.getLogger("uvicorn")
    theirs.parent = logging.getLogger("arb_pipeline.api")
    uvicorn.run(
        create_app(settings, database_url, dagster_url),
        host=settings.api_host,
        port=settings.api_port,
        access_log=False,
        log_config=None,
        server_header=False,
        # The address of who asks is that of the connection: what a header says, anybody may write.
        proxy_headers=False,
        timeout_graceful_shutdown=_GOODBYE_SECONDS,
    )
