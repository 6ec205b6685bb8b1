"""Faults that can be injected into a running simulator.

What belongs here: describing a fault and deciding which requests it hits. What does not: what it
does to an answer (``breakage.py``) or to a connection (``server.py``).
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from arb_pipeline.model import Company, Exchange, Interval
from arb_pipeline.simulator.dialect import Asked


class FaultKind(StrEnum):
    """Every way an answer can break."""

    # instead of the answer
    HTTP_500 = "http_500"
    HTTP_524 = "http_524"
    BAN_418 = "ban_418"
    FORBIDDEN_403 = "forbidden_403"
    RATE_429 = "rate_429"
    ERROR_JSON = "error_json"
    HTML_200 = "html_200"
    NULL_200 = "null_200"
    EMPTY_BODY_200 = "empty_body_200"
    EMPTY_OBJECT_200 = "empty_object_200"
    EMPTY_LIST_200 = "empty_list_200"
    # to the connection
    TIMEOUT = "timeout"
    # aiohttp clients repeat a GET once by themselves after this: it takes two to be seen.
    RESET_BEFORE_RESPONSE = "reset_before_response"
    RESET = "reset"
    SHORT_BODY = "short_body"
    # to the text of the answer
    TRUNCATED_JSON_200 = "truncated_json_200"
    # to the rows of a page of candles
    DUPLICATE_ROWS = "duplicate_rows"
    CONFLICTING_DUPLICATE_ROWS = "conflicting_duplicate_rows"
    OUT_OF_ORDER_ROWS = "out_of_order_rows"
    MISSING_ROWS = "missing_rows"
    MISSING_DAY = "missing_day"
    MALFORMED_ROW = "malformed_row"
    INVALID_CANDLE = "invalid_candle"
    UNALIGNED_TIME = "unaligned_time"
    OPEN_LAST_CANDLE = "open_last_candle"


REPLACING = frozenset(
    {
        FaultKind.HTTP_500,
        FaultKind.HTTP_524,
        FaultKind.BAN_418,
        FaultKind.FORBIDDEN_403,
        FaultKind.RATE_429,
        FaultKind.ERROR_JSON,
        FaultKind.HTML_200,
        FaultKind.NULL_200,
        FaultKind.EMPTY_BODY_200,
        FaultKind.EMPTY_OBJECT_200,
        FaultKind.EMPTY_LIST_200,
    }
)
OF_CONNECTION = frozenset(
    {
        FaultKind.TIMEOUT,
        FaultKind.RESET_BEFORE_RESPONSE,
        FaultKind.RESET,
        FaultKind.SHORT_BODY,
    }
)
OF_ROWS = frozenset(
    {
        FaultKind.DUPLICATE_ROWS,
        FaultKind.CONFLICTING_DUPLICATE_ROWS,
        FaultKind.OUT_OF_ORDER_ROWS,
        FaultKind.MISSING_ROWS,
        FaultKind.MISSING_DAY,
        FaultKind.MALFORMED_ROW,
        FaultKind.INVALID_CANDLE,
        FaultKind.UNALIGNED_TIME,
    }
)


@dataclass(eq=False)
class Fault:
    """One thing that goes wrong; what is left None matches everything.

    Attributes:
        kind: what goes wrong.
        company: whose answers.
        endpoint: ``candles``, ``symbols``, ``time``, ``currencies``, ``contracts``,
            ``account``.
        exchange: which market.
        exchange_symbol: whose pages.
        interval: only pages that touch it; faults of rows alter only the rows in it.
        times: requests it hits before it ends; None: until it is removed.
        probability: with which a matching request is hit.
        seed: of the probability and of the choice of rows.
        variant: of ``malformed_row``: ``null``, ``short``, ``nan`` or ``text`` (None: in turn);
            of ``error_json``: ``invalid_symbol`` (None) or ``server_error``.
        retry_after: seconds, sent with 418 and 429 and 403.
        lag_ms: of ``open_last_candle``: how far the exchange's books are behind its clock.
        hits: requests it has hit; read it, the board counts.
    """

    kind: FaultKind
    company: Company | None = None
    endpoint: str | None = None
    exchange: Exchange | None = None
    exchange_symbol: str | None = None
    interval: Interval | None = None
    times: int | None = None
    probability: float = 1.0
    seed: int = 0
    variant: str | None = None
    retry_after: int = 1
    lag_ms: int = 60_000
    hits: int = 0
    random: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.kind = FaultKind(self.kind)
        if self.company is not None:
            self.company = Company(self.company)
        if self.exchange is not None:
            self.exchange = Exchange(self.exchange)
        if self.kind in OF_ROWS and self.endpoint is None:
            self.endpoint = "candles"
        if self.kind is FaultKind.MISSING_DAY and self.interval is None:
            raise ValueError("missing_day needs the interval that is missing")
        self.random = random.Random(self.seed)  # noqa: S311 - reproducible, not secret

    def matches(self, company: Company, endpoint: str, asked: Asked) -> bool:
        """Whether a request is of the kind this fault hits."""
        if self.company not in (None, company) or self.endpoint not in (None, endpoint):
            return False
        if self.exchange not in (None, asked.exchange):
            return False
        if self.exchange_symbol not in (None, asked.exchange_symbol):
            return False
        if self.interval is None:
            return True
        return asked.window is not None and bool(self.interval.intersect(asked.window))


class FaultBoard:
    """The faults in force; safe to use from several threads."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> Fault:
        """Put a fault in force and return it."""
        with self._lock:
            self._faults = [*self._faults, fault]
        return fault

    def remove(self, fault: Fault) -> None:
        """End a fault; one that is over already is no error."""
        with self._lock:
            self._faults = [other for other in self._faults if other is not fault]

    def clear(self) -> None:
        """End all faults."""
        with self._lock:
            self._faults = []

    def all(self) -> list[Fault]:
        """The faults in force."""
        return list(self._faults)

    def hit(self, company: Company, endpoint: str, asked: Asked) -> Iterable[Fault]:
        """The faults that hit this request; each counts it."""
        if not self._faults:
            return ()
        hit: list[Fault] = []
        with self._lock:
            for fault in self._faults:
                if not fault.matches(company, endpoint, asked):
                    continue
                if fault.probability < 1 and fault.random.random() >= fault.probability:
                    continue
                fault.hits += 1
                hit.append(fault)
            self._faults = [f for f in self._faults if f.times is None or f.hits < f.times]
        return hit
