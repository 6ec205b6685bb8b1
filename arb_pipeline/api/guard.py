"""What every request passes before any room of the API sees it.

What belongs here: whose host is asked for, how often an address may ask, what a browser sends for
a page of somebody else, and the last net under errors nobody foresaw. What does not: tokens
(``tokens``), which the OpenAPI page has to know of.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Sequence

from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from arb_pipeline.api.errors import answer, unexpected

MOST_BYTES = 16_384
_SAFE = {"GET", "HEAD", "OPTIONS"}
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:\s/]+)(:\d+)?")
# Pages show what this server has, and nothing from anywhere else.
_OWN_ONLY = "default-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; frame-ancestors 'none'"


class Guard:
    """ASGI middleware, the outermost.

    Attributes:
        app: what it guards.
        hosts: names this server may be asked for by, lower case; empty: any. A page of somebody
            else that lets its own name mean 127.0.0.1 (DNS rebinding) asks for its own name.
        rate: requests one address may send, such as ``600/minute``.
    """

    def __init__(self, app: ASGIApp, hosts: Sequence[str], rate: str) -> None:
        self.app, self._hosts, self._rate = app, frozenset(hosts), parse(rate)
        # Two counts per address, not a list of its requests: costs the same whatever the rate is.
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what may not pass; let the rest through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                _protect(MutableHeaders(scope=message))
            await send(message)

        refused = self._refused(scope) or await self._too_many(scope)
        if refused is not None:
            await refused(scope, receive, sending)
            return
        try:
            await self.app(scope, receive, sending)
        except Exception as error:  # noqa: BLE001 - the client gets a number, the log the rest
            failed = unexpected(error)
            if not begun:
                await failed(scope, receive, sending)

    def _refused(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        # Starlette's own middleware for this answers in another shape than all other errors have.
        host = _HOST.fullmatch(headers.get("host", "").lower())
        if self._hosts and (host is None or host[1] not in self._hosts):
            return answer(400, "unknown_host", "this server is not asked for by that name")
        if scope["method"] in _SAFE:
            return None
        if headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
            return answer(403, "forbidden", "only pages of this server may change anything")
        length = headers.get("content-length", "0")
        if "transfer-encoding" in headers or not length.isdecimal() or int(length) > MOST_BYTES:
            return answer(413, "too_large", f"a body has a length, and at most {MOST_BYTES} bytes")
        return None

    async def _too_many(self, scope: Scope) -> Response | None:
        address = scope["client"][0] if scope.get("client") else ""
        if await self._limiter.hit(self._rate, address):
            return None
        window = await self._limiter.get_window_stats(self._rate, address)
        seconds = max(1, math.ceil(window.reset_time - time.time()))
        words = f"at most {self._rate}; ask again in {seconds} s"
        return answer(429, "too_many_requests", words, {"Retry-After": str(seconds)})


def _protect(headers: MutableHeaders) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    if headers.get("content-type", "").startswith("text/html"):
        headers.setdefault("Content-Security-Policy", _OWN_ONLY)  # a page may be stricter
