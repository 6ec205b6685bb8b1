"""How a failing request is tried again.

What belongs here: how often, how long apart, and what a refusal makes everyone wait. What does
not: the request itself.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    wait_random_exponential,
)

from arb_pipeline.exchanges.errors import Banned, RateLimited, Transient

T = TypeVar("T")
log = logging.getLogger("arb_pipeline.exchanges")


@dataclass(frozen=True, slots=True)
class RetryOptions:
    """How long a failing request is tried again.

    Attributes:
        attempts: requests in all, the first included.
        base_seconds: the first wait is between 0 and this; each next doubles the upper end.
        max_seconds: no wait without a Retry-After is longer than this.
        ban_seconds: how long everyone stays away after a ban that names no end: Bybit asks for ten
            minutes, and who asks meanwhile begins them anew.
        patience_seconds: neither a Retry-After nor the rate budget is waited for longer than this
            at a time: the call fails at once.
    """

    attempts: int = 5
    base_seconds: float = 0.5
    max_seconds: float = 60.0
    ban_seconds: float = 600.0
    patience_seconds: float = 300.0


class RetryPolicy:
    """Exponential backoff with full jitter; a Retry-After goes before it."""

    def __init__(self, options: RetryOptions) -> None:
        self.options = options
        self._backoff = wait_random_exponential(
            multiplier=options.base_seconds, max=options.max_seconds
        )

    async def run(self, attempt: Callable[[int], Awaitable[T]]) -> T:
        """What ``attempt`` returns; called with 1, 2 and so on. Its last error is raised as it is.

        Nearly all succeed at once, and hear nothing of tenacity.
        """
        try:
            return await attempt(1)
        except Transient as error:
            first = error
        async for retry in self._attempts():
            with retry:
                number = retry.retry_state.attempt_number
                if number == 1:
                    raise first
                return await attempt(number)
        raise AssertionError("the attempts end by returning or raising")

    def _attempts(self) -> AsyncRetrying:
        return AsyncRetrying(
            stop=stop_after_attempt(self.options.attempts),
            retry=retry_if_exception(self._worth_it),
            wait=self._pause,
            before_sleep=self._announce,
            reraise=True,
        )

    def block_seconds(self, error: RateLimited, attempt: int) -> float:
        """How long everyone of the company waits after a refusal.

        Whoever says "after 0 seconds" has not said how long, and asking again at once is what
        addresses are banned for.
        """
        if error.retry_after:
            return error.retry_after
        if isinstance(error, Banned):
            return self.options.ban_seconds
        return min(self.options.max_seconds, self.options.base_seconds * 2.0**attempt)

    def _worth_it(self, error: BaseException) -> bool:
        return (
            isinstance(error, Transient)
            and (error.retry_after or 0.0) <= self.options.patience_seconds
        )

    def _pause(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, Transient) and error.retry_after:
            return error.retry_after
        return self._backoff(state)

    def _announce(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        wait = state.next_action.sleep if state.next_action else 0.0
        log.warning("%s; next attempt in %.2f s", error, wait)
