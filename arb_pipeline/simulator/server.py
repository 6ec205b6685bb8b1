"""The HTTP server: one aiohttp application in a thread with an event loop of its own.

What belongs here: sockets, latency, and what faults do to a connection. What does not: deciding
what is answered (``service.py``).
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable

from aiohttp import web

from arb_pipeline.simulator.dialect import Reply
from arb_pipeline.simulator.faults import FaultKind
from arb_pipeline.simulator.service import Service

_LINGER_ZERO = struct.pack("ii", 1, 0)  # closing then sends RST instead of FIN


class Server:
    """Serves on 127.0.0.1 from ``start()`` to ``stop()``.

    Args:
        service: what answers.
        latency: seconds to wait before each answer, asked anew for each.
        routes: further routes, such as the control interface.
    """

    def __init__(
        self,
        service: Service,
        *,
        latency: Callable[[], float],
        routes: Callable[[web.Application], None],
    ) -> None:
        self._service = service
        self._latency = latency
        self._routes = routes
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._thread: threading.Thread | None = None
        self._failure: BaseException | None = None
        self.port = 0

    def start(self, port: int) -> None:
        """Start serving; 0 takes a free port, to be read from ``port``.

        Raises:
            OSError: the port is taken.
            RuntimeError: it is serving already.
        """
        if self._thread is not None:
            raise RuntimeError("the simulator is serving already")
        ready = threading.Event()
        self._failure = None
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._run(port, ready)), name="simulator", daemon=True
        )
        self._thread.start()
        ready.wait()
        if self._failure is not None:
            self._thread.join()
            self._thread = None
            raise self._failure

    def stop(self) -> None:
        """Stop serving; requests left hanging are cut. Returns when everything is closed."""
        if self._thread is None or self._loop is None or self._stopping is None:
            return
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._thread = None

    async def _run(self, port: int, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        app = web.Application()
        self._routes(app)
        app.router.add_route("*", "/{prefix}/{path:.*}", self._handle)
        # A handler whose client has given up is cancelled: that is how `timeout` ends.
        runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", port)
            try:
                await site.start()
            except OSError as error:
                self._failure = error
                return
            self.port = int(runner.addresses[0][1])
            ready.set()
            await self._stopping.wait()
        finally:
            await runner.cleanup()
            ready.set()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        latency = self._latency()
        if latency:
            await asyncio.sleep(latency)
        outcome = self._service.answer(
            request.match_info["prefix"],
            request.method,
            "/" + request.match_info["path"],
            request.query,
            request.headers,
            request.raw_path.partition("?")[2],
        )
        if outcome is None:
            raise web.HTTPNotFound
        if outcome.breaks is not None:
            return await self._break(request, outcome.reply, outcome.breaks)
        reply = outcome.reply
        return web.Response(
            body=reply.body,
            status=reply.status,
            headers={**reply.headers, "Content-Type": reply.content_type},
        )

    async def _break(
        self, request: web.Request, reply: Reply, breaks: FaultKind
    ) -> web.StreamResponse:
        if breaks is FaultKind.TIMEOUT:
            if self._stopping is not None:
                await self._stopping.wait()
            raise web.HTTPServiceUnavailable
        if breaks is FaultKind.RESET_BEFORE_RESPONSE:
            _abort(request)
            return web.Response()
        body = reply.body
        sent = body[: len(body) // 2]
        response = web.StreamResponse(status=reply.status, headers=reply.headers)
        response.content_type = reply.content_type
        response.content_length = len(body)
        await response.prepare(request)
        await response.write(sent)
        # The client must have read the head before the connection goes.
        await asyncio.sleep(0.02)
        if breaks is FaultKind.RESET:
            _abort(request)
        elif request.transport is not None:
            request.transport.close()
        return response


def _abort(request: web.Request) -> None:
    transport = request.transport
    if transport is None:
        return
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
    transport.abort()
