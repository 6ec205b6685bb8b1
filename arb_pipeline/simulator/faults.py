"""Faults that can be injected into a running simulator.

What belongs here: describing a fault, and which requests it matches. What does not: which faults
are in force (``fault_board.py``), what they do to an answer (``breakage.py``,
``object_faults.py``) or to a connection (``server.py``).
"""

from __future__ import annotations

import math
import random
import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

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
    WRONG_CHECKSUM = "wrong_checksum"
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
    # to the objects of any answer
    SET_FIELD = "set_field"
    SHIFT_FIELD = "shift_field"
    DROP_ROW = "drop_row"


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
OF_OBJECTS = frozenset({FaultKind.SET_FIELD, FaultKind.SHIFT_FIELD, FaultKind.DROP_ROW})


@dataclass(eq=False)
class Fault:
    """One thing that goes wrong; what is left None matches everything.

    Attributes:
        kind: what goes wrong.
        company: whose answers.
        endpoint: ``candles``, ``symbols``, ``time``, ``currencies``, ``contracts``, ``tickers``,
            ``book_tickers``, ``order_book``, ``funding_rates``, ``account``, ``trades``,
            ``funding_history``, ``account_trades``, ``archives``, ``archive_checksums``.
        exchange: which market.
        exchange_symbol: whose pages; no answer that holds all symbols.
        interval: only pages that touch it; faults of rows alter only the rows in it.
        times: requests it hits before it ends; None: until it is removed.
        probability: with which a matching request is hit.
        seed: of the probability and of the choice of rows.
        variant: of ``malformed_row``: ``null``, ``short``, ``nan`` or ``text`` (None: in turn);
            of ``error_json``: ``invalid_symbol`` (None) or ``server_error``.
        retry_after: seconds, sent with 418 and 429 and 403.
        seconds: how long it is in force, in real seconds from when it is added; None: no end.
            What is left of it is what 418, 429 and 403 tell to wait.
        row_of: of the faults of objects: the symbol, asset, coin or id of a trade whose row is
            altered, as the exchange writes it; None: every object that has the field, the
            outermost included.
        field_name: of the faults of objects: which field, in the exchange's words.
        value: of ``set_field``: any JSON value; of ``shift_field``: a whole number that is added.
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
    seconds: float | None = None
    row_of: str | None = None
    field_name: str | None = None
    value: Any = None
    hits: int = 0
    ends_at: float = field(default=math.inf, init=False, repr=False)
    random: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.kind = FaultKind(self.kind)
        if self.company is not None:
            self.company = Company(self.company)
        if self.exchange is not None:
            self.exchange = Exchange(self.exchange)
        if self.kind in OF_ROWS and self.endpoint is None:
            self.endpoint = "candles"
        if self.kind is FaultKind.WRONG_CHECKSUM:
            self.endpoint = "archive_checksums"
        if self.kind is FaultKind.MISSING_DAY and self.interval is None:
            raise ValueError("missing_day needs the interval that is missing")
        if self.kind is FaultKind.DROP_ROW and self.row_of is None:
            raise ValueError("drop_row needs row_of: whose row is left out")
        if self.kind in OF_OBJECTS - {FaultKind.DROP_ROW} and self.field_name is None:
            raise ValueError(f"{self.kind} needs field_name: which field is altered")
        if self.kind is FaultKind.SHIFT_FIELD and not isinstance(self.value, int):
            raise ValueError("shift_field needs a whole number as value")
        self.random = random.Random(self.seed)  # noqa: S311 - reproducible, not secret

    def wait_seconds(self) -> int:
        """What the refused are told to wait: what is left of it, where it ends by itself."""
        if self.seconds is None:
            return self.retry_after
        return max(1, math.ceil(self.ends_at - time.monotonic()))

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
