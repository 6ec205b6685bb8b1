"""Which error an answer, or the lack of one, is.

What belongs here: the decision, by HTTP status first, then by the exchange's own code, then by
ccxt's opinion. What does not: retrying.

The status comes first because ccxt's mapping alone is not enough: statuses 524 and 529 raise
nothing there, a body cut short counts as permanent, and an HTML page with status 404 as transient.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp

from arb_pipeline.exchanges.errors import (
    BadCredentials,
    BadResponse,
    Banned,
    ClockSkewed,
    ExchangeError,
    OutOfHorizon,
    RateLimited,
    Refused,
    Transient,
    UnknownSymbol,
    Unreachable,
)
from arb_pipeline.exchanges.pauses import retry_after
from arb_pipeline.exchanges.session import Oversized
from arb_pipeline.model import Company, Exchange

_LONGEST_CAUSE = 200
_CODES: Mapping[Company, Mapping[str, type[ExchangeError]]] = {
    Company.BINANCE: {
        "-1003": RateLimited, "-1000": Unreachable, "-1001": Unreachable, "-1007": Unreachable,
        "-1008": Unreachable, "-1021": ClockSkewed, "-1121": UnknownSymbol,
        "-1022": BadCredentials, "-2014": BadCredentials, "-2015": BadCredentials,
    },
    Company.BYBIT: {
        "10000": Unreachable, "10016": Unreachable, "10429": RateLimited, "10006": RateLimited,
        "10018": RateLimited, "10002": ClockSkewed, "10003": BadCredentials,
        "10004": BadCredentials, "10005": BadCredentials, "10010": BadCredentials,
        "10024": BadCredentials, "33004": BadCredentials,
    },
    Company.GATEIO: {
        "TOO_MANY_REQUESTS": RateLimited, "TOO_FAST": RateLimited, "INTERNAL": Unreachable,
        "SERVER_ERROR": Unreachable, "TOO_BUSY": Unreachable, "REQUEST_EXPIRED": ClockSkewed,
        "INVALID_KEY": BadCredentials, "INVALID_SIGNATURE": BadCredentials,
        "FORBIDDEN": BadCredentials, "IP_FORBIDDEN": BadCredentials,
        "INVALID_CURRENCY_PAIR": UnknownSymbol, "INVALID_CURRENCY": UnknownSymbol,
        "CONTRACT_NOT_FOUND": UnknownSymbol,
    },
    Company.MEXC: {
        "429": RateLimited, "510": RateLimited, "503": Unreachable, "500": Unreachable,
        "700003": ClockSkewed, "700002": BadCredentials, "700006": BadCredentials,
        "700007": BadCredentials, "10072": BadCredentials, "-1121": UnknownSymbol,
    },
}  # fmt: skip
_WORDS: tuple[tuple[re.Pattern[str], type[ExchangeError]], ...] = (
    (re.compile(r"too long ago"), OutOfHorizon),
    (re.compile(r"symbol (params err|invalid)|not supported symbols|invalid symbol", re.I),
     UnknownSymbol),
)  # fmt: skip
_STATUS: Mapping[int, type[ExchangeError]] = {
    408: Unreachable, 418: Banned, 429: RateLimited, 510: RateLimited
}  # fmt: skip
# ccxt's exception classes, by the names along their ancestry, most telling first.
_CCXT: tuple[tuple[str, type[ExchangeError]], ...] = (
    ("RateLimitExceeded", RateLimited), ("DDoSProtection", RateLimited),
    ("InvalidNonce", ClockSkewed), ("BadSymbol", UnknownSymbol),
    ("AuthenticationError", BadCredentials), ("BadResponse", BadResponse),
    ("OperationFailed", Unreachable),
)  # fmt: skip


def no_answer(exchange: Exchange, error: Exception) -> Transient:
    """The error for a request that brought no whole answer: refused, reset, timed out, cut."""
    if isinstance(error, asyncio.TimeoutError):
        return Unreachable(exchange, "no answer in time")
    if isinstance(error, Oversized):
        return Unreachable(exchange, str(error))
    if isinstance(error, aiohttp.ClientPayloadError):
        return Unreachable(exchange, "the answer was cut short")
    return Unreachable(exchange, f"no connection ({type(error).__name__})")


def from_answer(
    exchange: Exchange,
    status: int,
    headers: Mapping[str, str],
    body: str,
    payload: Any,
    opinion: Callable[[], Exception | None],
) -> ExchangeError | None:
    """The error an answer is; None where status, code and ccxt find nothing wrong.

    Args:
        exchange: who answered.
        status: HTTP status.
        headers: case-insensitive headers of this very answer.
        body: the text; its beginning becomes the cause.
        payload: the parsed body; None where it is not JSON.
        opinion: asks ccxt, which knows hundreds of codes that are not in the tables here.
    """
    code, message = _stated(exchange.company, payload)
    pause = retry_after(headers)
    if status == 403 and pause is not None:
        kind: type[ExchangeError] | None = Banned  # who says when to come back refuses no key
    else:
        kind = _kind(exchange.company, status, code, message, payload, opinion)
    if kind is None:
        return None
    cause = message or _beginning(body, headers)
    if not issubclass(kind, Transient):
        return kind(exchange, cause, status=status, code=code)
    return kind(exchange, cause, retry_after=pause, status=status, code=code)


def _kind(
    company: Company,
    status: int,
    code: str | None,
    message: str,
    payload: Any,
    opinion: Callable[[], Exception | None],
) -> type[ExchangeError] | None:
    if status in _STATUS:
        return _STATUS[status]
    if status >= 500:
        return Unreachable
    if code is not None:
        by_words = next((kind for words, kind in _WORDS if words.search(message)), None)
        stated = by_words or _CODES[company].get(code)
        if stated is not None:
            return stated
    # Every answer of Bybit's carries a code; what does not comes from something before it.
    foreign = company is Company.BYBIT and _lacks_code(payload)
    if foreign and status < 300:
        return BadResponse
    thought = opinion() if payload is not None and not foreign else None
    if thought is not None:
        ancestry = {kind.__name__ for kind in type(thought).__mro__}
        known = next((ours for theirs, ours in _CCXT if theirs in ancestry), Refused)
        if status != 403 or known is BadCredentials:
            return known
    if status < 300:
        return None if payload is not None else BadResponse
    # A 403 that names no key is a firewall's: the address is shut out.
    return {401: BadCredentials, 403: Banned}.get(status, Refused)


def _lacks_code(payload: Any) -> bool:
    return not (isinstance(payload, dict) and ("retCode" in payload or "ret_code" in payload))


def _stated(company: Company, payload: Any) -> tuple[str | None, str]:
    """The error code and sentence in a payload; ``(None, "")`` where it states no error."""
    if not isinstance(payload, dict):
        return None, ""
    if company is Company.GATEIO:
        code = payload.get("label")
        message = payload.get("message") or payload.get("detail")
    elif company is Company.BYBIT:
        code = payload.get("retCode", payload.get("ret_code"))
        message = payload.get("retMsg", payload.get("ret_msg"))
    else:
        code, message = payload.get("code"), payload.get("msg", payload.get("message"))
    if code is None or str(code) in ("0", "200"):
        return None, _shorten(str(message)) if message and code is None else ""
    return str(code), _shorten(str(message or "no reason given"))


def _beginning(body: str, headers: Mapping[str, str]) -> str:
    if not body.strip():
        return "empty answer"
    page = "<html" in body[:500].lower() or "text/html" in headers.get("Content-Type", "")
    return "a web page instead of an answer" if page else _shorten(body)


def _shorten(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_CAUSE else text[:_LONGEST_CAUSE] + "…"
