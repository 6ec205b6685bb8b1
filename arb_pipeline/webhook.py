"""Posting a message to a chat: Slack, Discord, Telegram, and whatever takes Slack's JSON.

What belongs here: how a message is sent and tried again. What does not: what is worth a message,
and keeping secrets out of its words. The address is a secret itself: no error here names it.
"""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message as Headers
from enum import StrEnum
from functools import lru_cache
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

import certifi
from pydantic import SecretStr
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

_ATTEMPTS = 3
_TIMEOUT_SECONDS = 5.0
_PAUSE_SECONDS = 0.2
# Whoever wants to be left alone for longer is: the caller posts again later.
_LONGEST_PAUSE_SECONDS = 10.0


class WebhookError(RuntimeError):
    """A message could not be posted; the text says why and never where to."""


class _LaterError(WebhookError):
    """It may be taken a moment later."""

    def __init__(self, reason: str, pause: float | None = None) -> None:
        super().__init__(reason)
        self.pause = pause


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted: a title, some lines, and where to look; all plain text."""

    title: str
    lines: Sequence[str] = ()
    link: str | None = None

    def text(self, longest: int) -> str:
        """At most ``longest`` characters; the link is kept whole, what is before it is cut."""
        body = "\n".join((self.title, *self.lines))
        tail = f"\n{self.link}" if self.link else ""
        room = longest - len(tail)
        return (body if len(body) <= room else body[: room - 1] + "…") + tail


class Receiver(StrEnum):
    """Whose JSON an address wants."""

    SLACK = "slack"
    DISCORD = "discord"
    TELEGRAM = "telegram"

    @classmethod
    def of(cls, url: str) -> Receiver:
        """By the host; Slack's is what everybody else understands."""
        address = urlsplit(url)
        host = address.hostname or ""
        if host == "api.telegram.org":
            return cls.TELEGRAM
        ours = host in ("discord.com", "discordapp.com") or host.endswith(".discord.com")
        # Discord itself takes Slack's JSON under such an address.
        return cls.DISCORD if ours and not address.path.endswith("/slack") else cls.SLACK


def payload(receiver: Receiver, message: Message, chat_id: str | None = None) -> dict[str, Any]:
    """The JSON a receiver wants, within its limit of length.

    Raises:
        WebhookError: Telegram has to be told whom to write to.
    """
    if receiver is Receiver.DISCORD:
        # What an exchange answers must not call everybody by name.
        return {"content": message.text(2000), "allowed_mentions": {"parse": []}}
    if receiver is Receiver.TELEGRAM:
        if not chat_id:
            raise WebhookError("Telegram needs ARB_WEBHOOK_CHAT_ID")
        return {"chat_id": chat_id, "text": message.text(4096)}
    text = message.text(3000)  # 4000 are shown; escaping lengthens it
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(character, entity)
    return {"text": text}


def post(url: SecretStr, chat_id: str | None, message: Message) -> None:
    """Post one message; half a minute at worst.

    Args:
        url: of the webhook; for Telegram ``https://api.telegram.org/bot…/sendMessage``.
        chat_id: Telegram only.
        message: what to say; without secrets.

    Raises:
        WebhookError: it was refused, or not taken in three attempts.
    """
    address = url.get_secret_value()
    try:
        receiver = Receiver.of(address)
    except ValueError:
        raise WebhookError("ARB_WEBHOOK_URL is no address") from None
    body = json.dumps(payload(receiver, message, chat_id)).encode()
    for attempt in Retrying(
        stop=stop_after_attempt(_ATTEMPTS),
        wait=_pause,
        retry=retry_if_exception_type(_LaterError),
        reraise=True,
    ):
        with attempt:
            _send(address, body)


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.pause if isinstance(error, _LaterError) else None
    if asked is not None:
        return asked
    return float(_PAUSE_SECONDS * 2 ** (state.attempt_number - 1))


def _send(address: str, body: bytes) -> None:
    problem: WebhookError
    try:
        request = urllib.request.Request(  # noqa: S310 - settings take http and https only
            address,
            data=body,
            headers={"Content-Type": "application/json", "User-Agent": "arb-pipeline"},
        )
        with _opener().open(request, timeout=_TIMEOUT_SECONDS):
            return
    except urllib.error.HTTPError as error:
        with error:
            problem = _refusal(error.code, error.headers)
    except (OSError, HTTPException, ValueError) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        kind = WebhookError if isinstance(error, ValueError) else _LaterError
        problem = kind(f"the webhook cannot be reached ({type(reason).__name__})")
    # Outside of the handlers: the errors of urllib, and so their chain, hold the address.
    raise problem


def _refusal(status: int, headers: Headers) -> WebhookError:
    reason = f"the webhook answered HTTP {status}"
    if status != 429 and status < 500:
        return WebhookError(reason)
    asked = headers.get("Retry-After", "")
    seconds = float(asked) if asked.replace(".", "", 1).isdecimal() else None
    if seconds is not None and seconds > _LONGEST_PAUSE_SECONDS:
        return WebhookError(f"{reason} and wants {seconds:g} s of silence")
    return _LaterError(reason, seconds)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """An address that moved would get the message as a GET without it, and look as if it had."""

    def redirect_request(self, *_: Any) -> None:
        """Never."""


@lru_cache(maxsize=1)
def _opener() -> urllib.request.OpenerDirector:
    context = ssl.create_default_context(cafile=certifi.where())
    return urllib.request.build_opener(_NoRedirects, urllib.request.HTTPSHandler(context=context))
