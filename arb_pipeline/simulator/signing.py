"""Signed requests, verified as each company verifies them.

What belongs here: which text a company signs, where key, time and signature stand, and how it
refuses what is wrong with them. What does not: what a signed request is answered (``account.py``).

Every company names the first thing wrong in the order key, time, signature.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from arb_pipeline.simulator import binance_klines, bybit_symbols, gate_candles
from arb_pipeline.simulator.dialect import Call, Refused, Reply, World, integer

_AHEAD_MS = 1000  # how far a client's clock may be ahead
_GATE_APART_SECONDS = 60
_NOTHING = hashlib.sha512(b"").hexdigest()  # every signed request here is a GET, without a body

Answer = Callable[[World, Call], Reply]
Verify = Callable[[World, Call], None]


def signed(verify: Verify, answer: Answer) -> Answer:
    """``answer`` for whoever has an account; ``verify`` raises ``Refused`` for all others."""

    def verified(world: World, call: Call) -> Reply:
        verify(world, call)
        return answer(world, call)

    return verified


@dataclass(frozen=True, slots=True)
class QuerySignature:
    """Binance's way, and MEXC's: the last parameter signs all that stands before it.

    Attributes:
        header: where the key stands.
        no_key: answer to a request without a key.
        unsigned: answer where time or signature are missing.
        unknown_key: answer to a key no account has.
        late: answer to a time that is too old or too new.
        wrong: answer to a signature by another secret, or of another text.
    """

    header: str
    no_key: Reply
    unsigned: Reply
    unknown_key: Reply
    late: Reply
    wrong: Reply

    def __call__(self, world: World, call: Call) -> None:
        """Verify one request."""
        key = call.headers.get(self.header)
        if not key:
            raise Refused(self.no_key)
        text, _, signature = call.raw_query.rpartition("&signature=")
        sent = integer(call.query.get("timestamp"))
        window = integer(call.query.get("recvWindow", "5000"))
        if sent is None or window is None or not signature:
            raise Refused(self.unsigned)
        secret = _secret(world, call, key)
        if secret is None:
            raise Refused(self.unknown_key)
        if not call.now - window <= sent < call.now + _AHEAD_MS:
            raise Refused(self.late)
        if not _signs(signature, secret, text, "sha256"):
            raise Refused(self.wrong)


def gate(world: World, call: Call) -> None:
    """Verify a request to Gate: method, path, decoded query, body and time are signed."""
    error = gate_candles.error
    key, signature = call.headers.get("KEY"), call.headers.get("SIGN")
    timestamp = call.headers.get("Timestamp", "")
    sent = integer(timestamp)
    if not key or not signature or sent is None:
        missing = "KEY, SIGN and Timestamp must be in the request headers"
        raise Refused(error("MISSING_REQUIRED_HEADER", missing, 401))
    secret = _secret(world, call, key)
    if secret is None:
        raise Refused(error("INVALID_KEY", "Invalid key provided", 401))
    if abs(call.now // 1000 - sent) > _GATE_APART_SECONDS:
        apart = "gap between request Timestamp and server time exceeds 60"
        raise Refused(error("REQUEST_EXPIRED", apart, 403))
    text = "\n".join((call.method, call.path, unquote(call.raw_query), _NOTHING, timestamp))
    if not _signs(signature, secret, text, "sha512"):
        raise Refused(error("INVALID_SIGNATURE", "Signature mismatch", 401))


def bybit(world: World, call: Call) -> None:
    """Verify a request to Bybit: time, key, window and query are signed; a refusal has HTTP 200."""
    error = bybit_symbols.error
    headers = call.headers
    key, timestamp = headers.get("X-BAPI-API-KEY", ""), headers.get("X-BAPI-TIMESTAMP", "")
    window_text = headers.get("X-BAPI-RECV-WINDOW", "")
    secret = _secret(world, call, key)
    if secret is None:
        raise Refused(error(10003, "API key is invalid."))
    sent, window = integer(timestamp), integer(window_text or "5000")
    if sent is None or window is None or not call.now - window <= sent < call.now + _AHEAD_MS:
        raise Refused(
            error(
                10002,
                "invalid request, please check your server timestamp or recv_window param. "
                f"req_timestamp[{timestamp}],server_timestamp[{call.now}],"
                f"recv_window[{window_text}]",
            )
        )
    text = timestamp + key + window_text + call.raw_query
    if not _signs(headers.get("X-BAPI-SIGN", ""), secret, text, "sha256"):
        # The real one repeats the signed text too, and with it the key.
        raise Refused(error(10004, f"error sign! origin_string[{text}]"))


def _secret(world: World, call: Call, key: str) -> str | None:
    account = world.accounts.get(call.company)
    return account[1] if account is not None and account[0] == key else None


def _signs(signature: str, secret: str, text: str, digest: str) -> bool:
    expected = hmac.new(secret.encode(), text.encode(), digest).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())


_error = binance_klines.error
binance = QuerySignature(
    "X-MBX-APIKEY",
    no_key=_error(-2014, "API-key format invalid.", 401),
    unsigned=_error(
        -1102,
        "Mandatory parameter 'signature' was not sent, was empty/null, or malformed.",
    ),
    unknown_key=_error(-2015, "Invalid API-key, IP, or permissions for action.", 401),
    late=_error(-1021, "Timestamp for this request is outside of the recvWindow."),
    wrong=_error(-1022, "Signature for this request is not valid."),
)
mexc = QuerySignature(
    "X-MEXC-APIKEY",
    no_key=_error(10072, "Api key info invalid"),
    unsigned=_error(
        700004,
        "Mandatory parameter 'signature' was not sent, was empty/null, or malformed.",
    ),
    unknown_key=_error(10072, "Api key info invalid"),
    late=_error(700003, "Timestamp for this request is outside of the recvWindow."),
    wrong=_error(700002, "Signature for this request is not valid."),
)
