"""A real HTTP server that answers what a test tells it to, byte by byte where it must."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from arb_pipeline.exchanges import Connection, Exchanges, RetryOptions, open_exchanges
from arb_pipeline.model import Company

QUICK = RetryOptions(
    attempts=3, base_seconds=0.001, max_seconds=0.01, ban_seconds=0.01, patience_seconds=1.0
)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def reply(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """A JSON answer; a ``str`` is sent as it is."""
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return web.Response(text=text, status=status, headers=headers, content_type="application/json")


def page(status: int = 200) -> web.Response:
    """A web page, as firewalls and load balancers send."""
    return web.Response(
        text="<html><body>Attention Required</body></html>",
        status=status,
        content_type="text/html",
    )


async def cut_short(request: web.Request) -> web.StreamResponse:
    """Promise more bytes than are sent."""
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b"[[1,")
    assert request.transport is not None
    request.transport.close()
    return response


async def hang(_: web.Request) -> web.StreamResponse:
    """Say nothing for longer than any client waits."""
    await asyncio.sleep(5)
    return reply([])


@dataclass
class Scripted:
    """Answers each request with the next of ``answers``, the last one again and again."""

    url: str = ""
    answers: list[Handler] = field(default_factory=list)
    requests: list[web.Request] = field(default_factory=list)

    def say(self, *answers: Handler) -> None:
        """Set what the next requests get."""
        self.answers = list(answers)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return await answer(request)

    @property
    def targets(self) -> list[str]:
        """Path and query of every request, as it came over the wire."""
        return [request.raw_path for request in self.requests]


def always(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Handler:
    """Answer every request with the same JSON."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return reply(body, status, headers)

    return answer


def always_page(status: int) -> Handler:
    """Answer every request with a web page."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return page(status)

    return answer


@asynccontextmanager
async def scripted_server() -> AsyncIterator[Scripted]:
    """Run the server on a free port."""
    script = Scripted()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", script.handle)
    runner = web.AppRunner(
        application, access_log=None, shutdown_timeout=0, handler_cancellation=True
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        script.url = f"http://{host}:{port}"
        yield script
    finally:
        await runner.cleanup()


@asynccontextmanager
async def exchanges_at(
    url: str, retry: RetryOptions = QUICK, timeout_seconds: float = 5.0
) -> AsyncIterator[Exchanges]:
    """Every company's exchanges, all at one address."""
    connections = {company: Connection(base_url=url) for company in Company}
    async with open_exchanges(
        connections, retry=retry, timeout_seconds=timeout_seconds
    ) as exchanges:
        yield exchanges
