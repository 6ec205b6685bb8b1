"""What the four REST dialects have in common.

What belongs here: a request as an exchange sees it, an answer, an endpoint, and the table of
endpoints one company serves. A data set is added by writing its answer functions and listing them
in the company's table. What does not: sockets (``server.py``), limits and faults, which lie in
front of every endpoint alike.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from arb_pipeline.model import Company, Exchange, Interval, Timeframe
from arb_pipeline.simulator.candles import CandleBook
from arb_pipeline.simulator.clock import Clock
from arb_pipeline.simulator.fills import Fills
from arb_pipeline.simulator.holdings import Holdings
from arb_pipeline.simulator.instruments import Listings, SimulatedInstrument
from arb_pipeline.simulator.spreads import Spreads

MINUTE = 60_000
HOUR = 60 * MINUTE


@dataclass(slots=True)
class World:
    """What answers are made of: the time, the listed instruments, their candles, the accounts.

    ``accounts`` holds key and secret of the one account a company may have, ``holdings`` what is
    in it, ``fills`` what it traded; ``spreads`` where quotes lie off.
    """

    clock: Clock
    listings: Listings
    candles: CandleBook
    accounts: Mapping[Company, tuple[str, str]] = field(default_factory=dict, repr=False)
    holdings: Holdings = field(default_factory=Holdings)
    spreads: Spreads = field(default_factory=Spreads)
    fills: Fills = field(default_factory=Fills)


@dataclass(frozen=True, slots=True)
class Call:
    """One request, below the company's own prefix; ``raw_query`` is as it came, for signatures."""

    company: Company
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    now: int
    raw_query: str = ""


@dataclass(slots=True)
class Reply:
    """One answer."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


class Refused(Exception):  # noqa: N818 - it is an answer, not a failure of the simulator
    """Raised by an endpoint to answer with an error payload."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.body.decode())
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request is about, as far as it can be read; for the log and for faults.

    Times are milliseconds. ``window`` is where the rows of the page will lie.
    """

    exchange: Exchange | None = None
    exchange_symbol: str | None = None
    timeframe: str | None = None
    start: int | None = None
    end: int | None = None
    limit: int | None = None
    window: Interval | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One path of one company.

    Attributes:
        name: the data set, the same word for all companies: ``candles``, ``symbols``, ``time``,
            ``tickers``, ``book_tickers``, ``order_book``, ``funding_rates``, ``account``,
            ``trades``, ``funding_history``, ``account_trades``, ``archives``,
            ``archive_checksums``.
        answer: makes the reply, or raises ``Refused``.
        asked: reads what the request is about; never raises.
        weight: what a request costs.
        pool: which of the company's rate limits it counts against.
    """

    name: str
    answer: Callable[[World, Call], Reply]
    pool: str
    weight: Callable[[Call], int] = lambda call: 1
    asked: Callable[[Call], Asked] = lambda call: Asked()


@dataclass(frozen=True, slots=True)
class Dialect:
    """One company: its endpoints and how it says no.

    Attributes:
        errors: payloads by the words faults use, such as ``invalid_symbol``.
        too_many: answer to a request over the limit, by seconds to wait.
        banned: answer while banned, by the instant (milliseconds) at which the ban ends.
        usage: headers that tell how much of a pool is used.
        files: finds what serves a path that no endpoint has, where there are files.
    """

    company: Company
    endpoints: Mapping[str, Endpoint]
    errors: Mapping[str, Callable[[], Reply]]
    too_many: Callable[[], Reply]
    banned: Callable[[int], Reply]
    not_found: Callable[[], Reply]
    usage: Callable[[int, int, float], dict[str, str]]
    files: Callable[[str], Endpoint | None] = lambda path: None

    def endpoint(self, path: str) -> Endpoint | None:
        """What serves ``path``; None: nothing does."""
        return self.endpoints.get(path) or self.files(path)


def dump(payload: object, status: int = 200) -> Reply:
    """A JSON answer, compact and in UTF-8 as the exchanges send it."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return Reply(text.encode(), status)


def integer(text: str | None) -> int | None:
    """The whole number in ``text``; None where there is none."""
    return int(text) if text and text.isascii() and text.lstrip("-").isdigit() else None


def window_of(
    start: int | None, end: int | None, limit: int, timeframe: Timeframe | None, now: int
) -> Interval | None:
    """Where the rows of a page can lie, by what was asked for."""
    if timeframe is None:
        return None
    length = timeframe.milliseconds
    last = min(end if end is not None else now, now)
    if start is None:
        start = last - limit * length
    elif end is None:
        last = min(start + limit * length, now)
    return Interval(timeframe.floor(start), max(last, timeframe.floor(start)) + 1)


def served(instrument: SimulatedInstrument | None, timeframe: Timeframe) -> bool:
    """Whether candles of that length exist at all for the instrument."""
    recording = instrument.recording if instrument else None
    return recording is None or recording.serves(timeframe)
