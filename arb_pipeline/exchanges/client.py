"""Asking one exchange: paced by the budget, retried, checked, counted.

What belongs here: everything a single request goes through, whatever it asks for. What does not:
pages, symbols or any other meaning of an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from arb_pipeline.exchanges.asked import Asked, Counters
from arb_pipeline.exchanges.bodies import Seen
from arb_pipeline.exchanges.budget import Budget
from arb_pipeline.exchanges.catalog import VENUES
from arb_pipeline.exchanges.clock import SERVER_TIME, ExchangeClock
from arb_pipeline.exchanges.edge import Edge
from arb_pipeline.exchanges.errors import (
    BadResponse,
    Banned,
    ClockSkewed,
    ExchangeError,
    RateLimited,
)
from arb_pipeline.exchanges.retrying import RetryOptions, RetryPolicy
from arb_pipeline.exchanges.session import Answer, Connection, HttpSession
from arb_pipeline.exchanges.shapes import WrongShape
from arb_pipeline.exchanges.turns import Turns
from arb_pipeline.model import Exchange

if TYPE_CHECKING:
    from arb_pipeline.exchanges.archives import Archives

__all__ = ["Counters", "ExchangeClient"]

T = TypeVar("T")


class ExchangeClient:
    """One exchange. Safe for any number of concurrent calls on one event loop.

    Attributes:
        exchange: which.
        counters: everything asked so far.
        archives: where whole months may be had instead; None: nowhere.
    """

    def __init__(
        self,
        exchange: Exchange,
        connection: Connection,
        http: HttpSession,
        budget: Budget,
        retry: RetryOptions,
        archives: Archives | None = None,
    ) -> None:
        self.exchange = exchange
        self.counters = Counters()
        self.archives = archives
        self._venue = VENUES[exchange]
        self._retry = RetryPolicy(retry)
        self._clock = ExchangeClock(self.server_time)
        self._turns = Turns(exchange, budget, retry.patience_seconds, self.now)
        self._edge = Edge(exchange, connection, http, self)

    @property
    def has_credentials(self) -> bool:
        """Whether signed requests can be made at all."""
        return self._edge.has_credentials

    async def call(
        self,
        method: str,
        params: Mapping[str, Any] | None = None,
        *,
        weight: int,
        expect: Callable[[Any], T],
        subject: str,
        tally: Counters | None = None,
        glance: Callable[[bytes], T | None] | None = None,
    ) -> T:
        """Ask one of ccxt's implicit endpoints until it answers, or retrying is pointless.

        Args:
            method: ccxt's name of the endpoint, such as ``public_get_klines``.
            params: its parameters, in the exchange's own words.
            weight: what it costs of the rate budget.
            expect: checks the shape of the payload and returns what matters of it; raises
                ``WrongShape`` where the payload is something else, which is retried.
            subject: what is asked for, for messages.
            tally: counts this call's requests besides ``counters``.
            glance: looks at the bytes of a good answer first; what it finds is the result.

        Raises:
            Banned: the company wants to be left alone for longer than ``patience_seconds``;
                raised at once, nothing is asked.
            Transient: still failing after every attempt, or the rate budget would make this wait
                longer than ``patience_seconds``.
            Permanent: failing for good; raised at once.
        """
        asked = Asked(method, params or {}, weight, expect, subject, tally, glance)

        async def attempt(number: int) -> T:
            try:
                return await self._attempt(asked, number)
            except ExchangeError as error:
                error.subject = error.subject or subject
                error.attempts = number
                raise

        return await self._retry.run(attempt)

    async def server_time(self) -> int:
        """The exchange's own clock, milliseconds since the epoch; one request."""
        method, read = SERVER_TIME[self.exchange]
        return await self.call(
            method, weight=self._venue.clock_weight, expect=read, subject="server time"
        )

    async def clock(self) -> int:
        """The exchange's clock, milliseconds; asked for now and then, counted on in between."""
        return await self._clock.read()

    def currency_code(self, exchange_code: str) -> str | None:
        """The unified code of one of the exchange's currencies; None where there is none."""
        return self._edge.currency_code(exchange_code)

    def heard(self, answer: Answer) -> None:
        """Called with every answer: counts it and passes the exchange's own count on."""
        self.counters.received_bytes += len(answer.body)
        self._turns.heard(answer)

    def now(self) -> int:
        """The exchange's clock as far as it is known, for signatures."""
        return self._clock.estimate()

    async def _attempt(self, asked: Asked[T], number: int) -> T:
        if "private" in asked.method or asked.method.startswith("sapi"):
            await self._clock.read()  # a signature is only good at the exchange's time
        async with self._turns.turn(asked.weight):
            payload = await self._ask(asked, number)
        if isinstance(payload, Seen):
            found: T = payload.found
            return found
        try:
            return asked.expect(payload)
        except WrongShape as error:
            raise BadResponse(self.exchange, str(error)) from None

    async def _ask(self, asked: Asked[T], number: int) -> Any:
        """Ask once, and let everybody know where the answer is to stay away."""
        for counters in (self.counters, asked.tally):
            if counters is not None:
                counters.requests += 1
                counters.retries += number > 1
        try:
            return await self._edge.request(asked.method, asked.params, asked.glance)
        except RateLimited as error:
            error.subject = asked.subject
            seconds = self._retry.block_seconds(error, number)
            if isinstance(error, Banned):
                error.retry_after = seconds
            await self._turns.refused(error, seconds)
            raise
        except ClockSkewed:
            self._clock.forget()
            raise
