"""Dagster's code server, whose runs begin as copies of a process that has imported everything.

What belongs here: that one difference to ``dagster api grpc``, whose arguments it takes. What does
not: what runs import (``dagster_preloaded.py``).

Dagster 1.13.27 starts a new Python for every run. Several times a minute that would import the
project anew, two seconds of CPU each, and a beat that waits for its moment would often miss it.
"""

from __future__ import annotations

import multiprocessing
from multiprocessing import forkserver
from typing import Any


def main() -> None:
    """Serve until told to stop."""
    from dagster._cli import main as dagster
    from dagster._grpc import server

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["arb_pipeline.dagster_preloaded"])
    # Now, so that the first run does not wait for it.
    forkserver.ensure_running()

    class Server(server.DagsterApiServer):
        def __init__(self, *positional: Any, **named: Any) -> None:
            super().__init__(*positional, **named)
            self._mp_ctx = context  # type: ignore[assignment]

    server.DagsterApiServer = Server  # type: ignore[misc]
    dagster()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
