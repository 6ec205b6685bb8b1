"""Everything that can go wrong between this process and an exchange, as one tree.

What belongs here: the exceptions this room raises, and nothing that decides which one (that is
``classify.py``). The two branches are all a caller needs to know; the leaves are for people::

    ExchangeError
    ├── Transient            the same request may succeed later
    │   ├── Unreachable      no answer, half an answer, or the exchange's own 5xx
    │   ├── BadResponse      an answer that is not what was asked for
    │   ├── RateLimited      too much was asked (429)
    │   │   └── Banned       shut out for a while (418, 403)
    │   └── ClockSkewed      our timestamp was refused
    └── Permanent            the same request will fail again
        ├── UnknownSymbol
        ├── BadCredentials
        ├── NotSupported
        ├── OutOfHorizon
        └── Refused          any other refusal

A message names exchange, subject (symbol, timeframe, interval) and cause. It never holds a URL,
a header or a key: signatures travel in URLs.
"""

from __future__ import annotations

from arb_pipeline.model import Exchange, Interval


class ExchangeError(Exception):
    """Something failed at an exchange. Catch one of the two branches instead.

    Attributes:
        exchange: where.
        cause: what happened, in the exchange's words where it gave any.
        subject: what was asked for; ``ExchangeClient.call`` fills it in.
        status: HTTP status, where there was an answer.
        code: the exchange's own error code, where it gave one.
        attempts: requests made before giving up.
        interval: the stretch of time that was asked for, where one was.
    """

    def __init__(
        self,
        exchange: Exchange,
        cause: str,
        *,
        subject: str = "",
        status: int | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(exchange, cause)
        self.exchange = exchange
        self.cause = cause
        self.subject = subject
        self.status = status
        self.code = code
        self.attempts = 1
        self.interval: Interval | None = None

    def __str__(self) -> str:
        facts = ", ".join(
            f"{name} {value}"
            for name, value in (("HTTP", self.status), ("code", self.code))
            if value is not None
        )
        kind = type(self).__name__
        where = f"{self.exchange} {self.subject}".rstrip()
        return f"{where}: {kind}: {self.cause}" + (f" ({facts})" if facts else "")


class Transient(ExchangeError):  # noqa: N818 - a branch's name, read as an adjective
    """May succeed later. The client has already retried; store what you have and try again later.

    Attributes:
        retry_after: seconds to leave the exchange alone; None where it named none.
    """

    def __init__(
        self,
        exchange: Exchange,
        cause: str,
        *,
        retry_after: float | None = None,
        subject: str = "",
        status: int | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(exchange, cause, subject=subject, status=status, code=code)
        self.retry_after = retry_after

    def __str__(self) -> str:
        text = super().__str__()
        if self.attempts > 1:
            text += f", {self.attempts} attempts"
        if self.retry_after is not None:
            text += f", retry after {self.retry_after:g} s"
        return text


class Unreachable(Transient):
    """No whole answer: refused, reset, timed out, cut short, or a server error. Try later."""


class BadResponse(Transient):
    """An answer that is no answer: not JSON, or another shape. Trust nothing of it; try later."""


class RateLimited(Transient):
    """The exchange asks to slow down. Everyone of the company waits ``retry_after``."""


class Banned(RateLimited):
    """This address or key is shut out. Ask nothing of the company before ``retry_after``."""


class ClockSkewed(Transient):
    """A signed request was too old or too new. The client measures the clock anew; try again."""


class Permanent(ExchangeError):  # noqa: N818 - a branch's name, read as an adjective
    """Will fail again until somebody changes something. Do not retry; show it to a person."""


class UnknownSymbol(Permanent):
    """The exchange does not know the symbol. Synchronise symbols; it may be delisted."""


class BadCredentials(Permanent):
    """Key, secret, permission or address is refused. Correct ``{COMPANY}_API_KEY/_SECRET``."""


class NotSupported(Permanent):
    """The exchange has no such data, timeframe or test system. Ask for something it has."""


class OutOfHorizon(Permanent):
    """Older than the exchange serves. Record the interval as unreachable; never ask again."""


class Refused(Permanent):
    """The exchange understood and refused. The cause is its own sentence; correct the request."""
