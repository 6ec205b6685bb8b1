"""The one HTTP session all exchanges share, and where their hosts really lie.

What belongs here: sending a signed request and returning status, headers and text of its own
answer. What does not: what the answer means.

The host is exchanged here, last of all, so that ccxt keeps signing and mapping errors for the
address it knows; overriding its ``urls`` would change how it reads Binance's error codes.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import aiohttp
import certifi
from pydantic import SecretStr
from yarl import URL

from arb_pipeline.exchanges.catalog import VENUES
from arb_pipeline.exchanges.errors import NotSupported
from arb_pipeline.model import Exchange


@dataclass(frozen=True, slots=True)
class Connection:
    """How a company is reached.

    Attributes:
        base_url: replaces scheme and host of every request, the path is appended; None for the
            exchange itself. Goes before ``testnet``.
        api_key: None where only public data is read.
        api_secret: None where only public data is read.
        testnet: use the exchange's own test system.
    """

    base_url: str | None = None
    api_key: SecretStr | None = None
    api_secret: SecretStr | None = None
    testnet: bool = False


# Ten times what lists all symbols of Binance. An answer without end, or one that unpacks to
# gigabytes, would otherwise take the memory of everybody on this machine.
_LARGEST_BODY = 64 * 2**20


class Oversized(aiohttp.ClientPayloadError):
    """An answer was longer, unpacked, than any exchange's is; its rest was not read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One whole HTTP answer; ``headers`` are its own, whatever else is under way.

    Attributes:
        sent_at: when it was asked for, ``time.monotonic`` seconds.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    sent_at: float


class Route:
    """Where the requests of one exchange go.

    Raises:
        NotSupported: the test system is wanted and the exchange has none.
    """

    def __init__(self, exchange: Exchange, connection: Connection) -> None:
        venue = VENUES[exchange]
        self._exchange = exchange
        self._host = venue.host
        origin = connection.base_url
        if origin is None and connection.testnet:
            if venue.testnet is None:
                raise NotSupported(
                    exchange,
                    f"it has no test system: unset {exchange.company}_TESTNET, "
                    f"or set {exchange.company}_BASE_URL to a simulator",
                )
            origin = venue.testnet
        self._origin = origin.rstrip("/") if origin else None

    def resolve(self, url: str) -> URL:
        """The address to ask instead of ``url``, letter by letter the same path and query.

        Raises:
            NotSupported: the endpoint lies on another host of the company and requests are
                redirected: sending it to the real exchange would not be what was configured.
        """
        if self._origin is None:
            return URL(url, encoded=True)
        scheme_and_host, slash, path = url.partition("://")[2].partition("/")
        if scheme_and_host != self._host:
            raise NotSupported(
                self._exchange, f"requests are redirected and {scheme_and_host} has no stand-in"
            )
        return URL(self._origin + slash + path, encoded=True)


class HttpSession:
    """One connection pool for every exchange; open it once per process.

    Args:
        timeout_seconds: for a whole request, from sending to the last byte.
    """

    def __init__(self, *, timeout_seconds: float) -> None:
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> HttpSession:
        self._session = aiohttp.ClientSession(
            timeout=self._timeout,
            # No queue here: who waits for a socket has been allowed to ask already, and would ask
            # long after that, in spite of a ban too. Those who ask bound themselves.
            connector=aiohttp.TCPConnector(limit=0, ssl=_trusted()),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Accept-Encoding": "gzip, deflate"},
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def send(
        self,
        method: str,
        url: URL,
        headers: Mapping[str, Any] | None,
        body: str | None,
        *,
        patience: float = 1.0,
    ) -> Answer:
        """Send one request and read its whole answer.

        Args:
            method: as it goes over the wire, as are the next three.
            url: escaped.
            headers: besides the session's own.
            body: None where there is none.
            patience: how many times as long as usual the whole answer may take.

        Raises:
            aiohttp.ClientError, asyncio.TimeoutError, OSError: there was no whole answer.
        """
        if self._session is None:
            raise RuntimeError("the HTTP session is not open")
        sent_at = time.monotonic()
        async with self._session.request(
            method,
            url,
            headers=headers,
            data=body.encode() if body else None,
            allow_redirects=False,
            timeout=self._timeout if patience == 1.0 else self._longer(patience),
        ) as response:
            return Answer(response.status, response.headers, await _body(response), sent_at)

    def _longer(self, patience: float) -> aiohttp.ClientTimeout:
        return aiohttp.ClientTimeout(total=(self._timeout.total or 0.0) * patience)


async def _body(response: aiohttp.ClientResponse) -> bytes:
    parts, length = [], 0
    async for part in response.content.iter_any():
        length += len(part)
        if length > _LARGEST_BODY:
            raise Oversized(f"the answer is longer than {_LARGEST_BODY // 2**20} MiB")
        parts.append(part)
    return b"".join(parts)


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """The system's certificates and certifi's: a bare machine has no others."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
