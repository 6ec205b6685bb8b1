"""Telling people, without telling secrets, and without ever failing because of it.

What belongs here: the one way in which sensors post. A sensor's tick has a minute; a webhook that
does not answer must not take it all, and is asked again at the next tick.
"""

from __future__ import annotations

import logging
import re
import time
from dataclasses import replace

from arb_pipeline.dagster_processes import address
from arb_pipeline.logs import MASK, secrets
from arb_pipeline.settings import Settings
from arb_pipeline.webhook import Message, WebhookError, post

log = logging.getLogger("arb_pipeline.defs")

# Posting a message may take half of this by itself.
_PATIENCE_SECONDS = 20.0
NO_WEBHOOK = "nobody is told: ARB_WEBHOOK_URL is not set"


class Posting:
    """What one tick of a sensor posts; it ends with the first message that is not taken.

    Attributes:
        problem: why the webhook took no more; None while it takes everything.
        posted: how many messages it took.
    """

    def __init__(self, configured: Settings) -> None:
        self._configured = configured
        self._until = time.monotonic() + _PATIENCE_SECONDS
        self.problem: str | None = None
        self.posted = 0

    def say(self, message: Message) -> bool:
        """Whether the message was posted; says nothing more once one was not."""
        url = self._configured.webhook_url
        if url is None or self.problem is not None:
            return False
        if time.monotonic() > self._until:
            self.problem = "the webhook is slow"
            return False
        try:
            post(url, self._configured.webhook_chat_id, masked(message, self._configured))
        except WebhookError as error:
            self.problem = str(error)
            log.warning("%s: %r is posted at the next tick", error, message.title)
            return False
        self.posted += 1
        return True

    def words(self, waiting: int) -> str:
        """What the tick has to show for itself.

        Args:
            waiting: messages that were due and are not posted.
        """
        if self._configured.webhook_url is None:
            return NO_WEBHOOK
        if self.problem is not None:
            return f"{self.problem}: {waiting} message(s) wait for the next tick"
        return f"{self.posted} message(s) posted" if self.posted else "no news"


def masked(message: Message, configured: Settings) -> Message:
    """The message without any secret the settings know."""
    known = sorted(set(secrets(configured)), key=len, reverse=True)
    if not known:
        return message
    pattern = re.compile("|".join(map(re.escape, known)))
    return replace(
        message,
        title=pattern.sub(MASK, message.title),
        lines=[pattern.sub(MASK, line) for line in message.lines],
    )


def ui_address(configured: Settings) -> str:
    """Where links point to, without a slash at its end."""
    return configured.public_url or address(configured.webserver_host, configured.webserver_port)
