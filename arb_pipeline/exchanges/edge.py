"""The thin, untyped edge to ccxt: its clients, with our own way of fetching.

What belongs here: everything that touches a ccxt object. ccxt keeps what it is good at: signing,
the names of endpoints, currency codes and error codes. Throttling, HTTP, JSON and the decision
what is an error are ours, because ccxt's lose what the other rooms need: exact decimals, the
headers that belong to an answer, and the difference between "later" and "never".
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import quote, urlencode

import aiohttp

from arb_pipeline.exchanges.bodies import Glance, Seen, parse
from arb_pipeline.exchanges.ccxt_classes import ccxt_class
from arb_pipeline.exchanges.classify import from_answer, no_answer
from arb_pipeline.exchanges.errors import BadCredentials
from arb_pipeline.exchanges.session import Answer, Connection, HttpSession, Route
from arb_pipeline.model import Company, Exchange

_CCXT_NAMES: Mapping[Company, str] = {
    Company.BINANCE: "binance",
    Company.BYBIT: "bybit",
    Company.GATEIO: "gate",
    Company.MEXC: "mexc",
}
_ASCII = "".join(map(chr, range(33, 127)))
_OK = 200
# As it stands in addresses, which web servers on the way like to repeat.
_SIGNATURE = re.compile(r"\b(sign(?:ature)?=)[\w%+/=-]+", re.IGNORECASE)
# What the request of this task looks at first; on its way past ccxt, which knows nothing of it.
_GLANCE: ContextVar[Glance | None] = ContextVar("glance", default=None)


class Ears(Protocol):
    """Who wants to know of every answer, and tells the time for signatures."""

    def heard(self, answer: Answer) -> None:
        """An answer came, good or bad."""

    def now(self) -> int:
        """The exchange's clock, milliseconds since the epoch."""


class Edge:
    """One ccxt client object, asked by the names of ccxt's implicit endpoints.

    Args:
        exchange: which exchange.
        connection: its credentials and where it lies.
        http: the shared session.
        ears: is told of every answer.

    Raises:
        NotSupported: the test system is wanted and there is none.
    """

    def __init__(
        self, exchange: Exchange, connection: Connection, http: HttpSession, ears: Ears
    ) -> None:
        self._exchange = exchange
        self._route = Route(exchange, connection)
        self._http = http
        self._ears = ears
        secrets = {}
        if connection.api_key is not None and connection.api_secret is not None:
            secrets = {
                "apiKey": connection.api_key.get_secret_value(),
                "secret": connection.api_secret.get_secret_value(),
            }
        self._ccxt = _client_class(exchange.company)(
            {**secrets, "enableRateLimit": False, "logger": _silent()}
        )
        self._ccxt.transport = self._fetch
        self._ccxt.nonce = ears.now
        self._secrets = [secret for secret in secrets.values() if secret]
        self.has_credentials = bool(secrets)

    async def request(
        self, method: str, params: Mapping[str, Any], glance: Glance | None = None
    ) -> Any:
        """Ask one implicit endpoint, such as ``public_get_klines``, once.

        Args:
            method: ccxt's name of it.
            params: its parameters.
            glance: looks at the bytes first; what it finds is returned as ``Seen``.

        Raises:
            Transient, Permanent: as ``classify`` finds.
        """
        _GLANCE.set(glance)
        try:
            return await getattr(self._ccxt, method)(dict(params))
        except _authentication_error() as error:
            # Raised before anything is sent: the endpoint is signed and no key is configured.
            raise BadCredentials(
                self._exchange, f"no credentials: set {self._exchange.company}_API_KEY and _SECRET"
            ) from error

    def currency_code(self, exchange_code: str) -> str | None:
        """Ccxt's unified code of a currency: upper case, with its table of renamed ones."""
        code = self._ccxt.safe_currency_code(exchange_code)
        return code if isinstance(code, str) else None

    async def _fetch(
        self, url: str, method: str, headers: Mapping[str, Any] | None, body: str | None
    ) -> Any:
        """What ccxt calls with a signed request; answers with the parsed JSON or raises."""
        target = self._route.resolve(url)
        try:
            answer = await self._http.send(method, target, headers, body)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            # Without its own chain: aiohttp's messages hold addresses, with signatures in them.
            raise no_answer(self._exchange, error) from None
        self._ears.heard(answer)
        glance = _GLANCE.get()
        if glance is not None and answer.status == _OK:
            found = glance(answer.body)
            if found is not None:
                return Seen(found)
        text, payload = parse(answer.body)

        def opinion() -> Exception | None:
            try:
                self._ccxt.handle_errors(
                    answer.status, "", url, method, answer.headers, text, payload, headers, body
                )
            except Exception as error:  # noqa: BLE001 - whatever ccxt says is an opinion
                return error
            return None

        told = self._exchange, answer.status, answer.headers
        wrong = from_answer(*told, text, payload, opinion)
        if wrong is None:
            return payload
        # Once more without secrets: a cause is cut, and half a key could not be found in it.
        shown = self._masked(text)
        raise from_answer(*told, shown, parse(shown.encode())[1], opinion) or wrong

    def _masked(self, text: str) -> str:
        """The text without secrets: Bybit repeats the key where it refuses a signature."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return _SIGNATURE.sub(r"\1***", text)


@lru_cache(maxsize=1)
def _silent() -> logging.Logger:
    """Ccxt logs signed addresses and key headers at DEBUG; this logger passes nothing on."""
    logger = logging.Logger("ccxt", level=logging.CRITICAL + 1)
    logger.addHandler(logging.NullHandler())
    return logger


def _authentication_error() -> type[Exception]:
    from ccxt.base.errors import AuthenticationError

    error: type[Exception] = AuthenticationError
    return error


@lru_cache(maxsize=len(Company))
def _client_class(company: Company) -> Callable[[dict[str, Any]], Any]:
    """Ccxt's class of a company with our ``fetch`` before it, imported when it is first needed."""
    base = ccxt_class(_CCXT_NAMES[company])

    async def fetch(
        self: Any, url: str, method: str = "GET", headers: Any = None, body: Any = None
    ) -> Any:
        return await self.transport(url, method, headers, body)

    members: dict[str, Any] = {"number": str, "fetch": fetch}
    if company is Company.BYBIT:
        members["rawencode"] = staticmethod(_rawencode)
    kind: Callable[[dict[str, Any]], Any] = type(f"Our{base.__name__}", (base,), members)
    return kind


def _rawencode(params: Mapping[str, Any] | None = None, sort: bool = False) -> str:
    """Bybit's query, which ccxt does not encode at all; here what is not ASCII is encoded.

    A raw ``币`` in an address is answered 400 by strict servers. The signature covers the same
    text, since ccxt signs what this returns.
    """
    items = {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in (params or {}).items()
    }
    return urlencode(items, safe=_ASCII, quote_via=quote)
