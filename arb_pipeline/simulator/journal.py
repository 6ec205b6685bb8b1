"""What was asked of the simulator: the record tests count requests by."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass

from arb_pipeline.model import Company, Exchange


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One request and what it was answered.

    Attributes:
        endpoint: data set, such as ``candles``; the bare path where there is no such endpoint.
        start: as asked for, milliseconds.
        end: as asked for, milliseconds.
        status: HTTP status; 0 where the connection was cut or left hanging instead.
        weight: what it cost.
        fault: kinds of the injected faults, comma separated; empty where there was none.
        at: monotonic seconds when it came in.
    """

    company: Company
    endpoint: str
    exchange: Exchange | None
    exchange_symbol: str | None
    timeframe: str | None
    start: int | None
    end: int | None
    limit: int | None
    status: int
    weight: int
    fault: str
    at: float


class Journal:
    """The latest requests and counters of refusals; safe to use from several threads."""

    def __init__(self, keep: int = 200_000) -> None:
        self._records: deque[RequestRecord] = deque(maxlen=keep)
        self._statuses: Counter[tuple[Company, int]] = Counter()
        self._total = 0
        self._lock = threading.Lock()

    def add(self, record: RequestRecord) -> None:
        """Write one request down."""
        with self._lock:
            self._records.append(record)
            self._statuses[record.company, record.status] += 1
            self._total += 1

    def __len__(self) -> int:
        return self._total

    def __iter__(self) -> Iterator[RequestRecord]:
        with self._lock:
            return iter(list(self._records))

    def select(
        self,
        *,
        company: Company | None = None,
        endpoint: str | None = None,
        exchange: Exchange | None = None,
        exchange_symbol: str | None = None,
    ) -> list[RequestRecord]:
        """The requests that match everything that is given, oldest first."""
        return [
            record
            for record in self
            if company in (None, record.company)
            and endpoint in (None, record.endpoint)
            and exchange in (None, record.exchange)
            and exchange_symbol in (None, record.exchange_symbol)
        ]

    def said(self, company: Company, status: int) -> int:
        """How often ``company`` answered with that HTTP status, 429 or 418 for instance."""
        with self._lock:
            return self._statuses[company, status]

    def summary(self) -> dict[str, dict[str, int]]:
        """Requests per company, by endpoint and by status."""
        counts: dict[str, Counter[str]] = {}
        for record in self:
            of_company = counts.setdefault(record.company.value, Counter())
            of_company["requests"] += 1
            of_company["weight"] += record.weight
            of_company[f"endpoint {record.endpoint}"] += 1
            of_company[f"status {record.status}"] += 1
        return {company: dict(counter) for company, counter in counts.items()}

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._records.clear()
            self._statuses.clear()
            self._total = 0
