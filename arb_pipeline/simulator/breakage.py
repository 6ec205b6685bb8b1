"""What faults do to an answer.

What belongs here: bodies that are broken, rows that are wrong. What does not: which request is
hit (``faults.py``). Rows are taken out of the finished body, altered and put back, which is slow
and does not matter: the undisturbed way never comes here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from arb_pipeline.model import Company, Interval
from arb_pipeline.simulator.dialect import Dialect, Reply, dump
from arb_pipeline.simulator.faults import Fault, FaultKind

_HTML = b"<!DOCTYPE html><html><head><title>%d</title></head><body><h1>%d</h1></body></html>"


def _html(status: int, shown: int | None = None) -> Reply:
    number = shown or status
    return Reply(_HTML % (number, number), status, content_type="text/html")


def replacement(fault: Fault, dialect: Dialect, now: int) -> Reply:
    """The answer that is sent in place of the true one."""
    left = fault.wait_seconds()
    seconds = {"Retry-After": str(left)}
    kind = fault.kind
    if kind in (FaultKind.BAN_418, FaultKind.FORBIDDEN_403):
        reply = dialect.banned(now + left * 1000)
        return Reply(
            reply.body, 418 if kind is FaultKind.BAN_418 else 403, seconds, reply.content_type
        )
    if kind is FaultKind.RATE_429:
        reply = dialect.too_many()
        reply.headers |= seconds
        return reply
    if kind is FaultKind.ERROR_JSON:
        return dialect.errors[fault.variant or "invalid_symbol"]()
    plain: dict[FaultKind, Callable[[], Reply]] = {
        FaultKind.HTTP_500: lambda: _html(500),
        FaultKind.HTTP_524: lambda: _html(524),
        FaultKind.HTML_200: lambda: _html(200, 503),
        FaultKind.NULL_200: lambda: dump(None),
        FaultKind.EMPTY_BODY_200: lambda: Reply(b""),
        FaultKind.EMPTY_OBJECT_200: lambda: dump({}),
        FaultKind.EMPTY_LIST_200: lambda: dump([]),
    }
    return plain[kind]()


Row = Any  # a list, or an object on Gate's futures


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the numbers of a row are, and the unit of its time in milliseconds."""

    time: int | str
    open: int | str
    high: int | str
    low: int | str
    close: int | str
    volume: int | str
    unit: int = 1


_KLINE = Columns(0, 1, 2, 3, 4, 5)
_GATE_SPOT = Columns(0, 5, 3, 4, 2, 6, unit=1000)
_GATE_FUTURES = Columns("t", "o", "h", "l", "c", "v", unit=1000)


def alter_rows(fault: Fault, company: Company, reply: Reply) -> Reply:
    """The same page with rows altered as the fault says; an error payload stays as it is."""
    payload = json.loads(reply.body)
    bybit = company is Company.BYBIT
    rows = payload["result"].get("list") if bybit else payload
    if not isinstance(rows, list) or not rows:
        return reply
    columns = _KLINE
    if company is Company.GATEIO:
        columns = _GATE_SPOT if isinstance(rows[0], list) else _GATE_FUTURES
    altered = _Page(rows, columns, fault).altered()
    if bybit:
        payload["result"]["list"] = altered
    else:
        payload = altered
    return Reply(dump(payload).body, reply.status, reply.headers)


@dataclass(slots=True)
class _Page:
    rows: list[Row]
    columns: Columns
    fault: Fault

    def altered(self) -> list[Row]:
        chosen = [number for number, row in enumerate(self.rows) if self._within(row)]
        if not chosen:
            return self.rows
        middle = chosen[len(chosen) // 2]
        row = self.rows[middle]
        match self.fault.kind:
            case FaultKind.MISSING_DAY:
                gone = set(chosen)
                return [other for i, other in enumerate(self.rows) if i not in gone]
            case FaultKind.MISSING_ROWS:
                gone = set(chosen if self.fault.interval else chosen[2::5] or chosen[:1])
                return [other for i, other in enumerate(self.rows) if i not in gone]
            case FaultKind.OUT_OF_ORDER_ROWS:
                return self._shuffled()
            case FaultKind.DUPLICATE_ROWS:
                return [copy for i, other in enumerate(self.rows) for copy in
                        ([other, other] if i == middle or i % 50 == 7 else [other])]  # fmt: skip
            case FaultKind.CONFLICTING_DUPLICATE_ROWS:
                other = self._with(row, volume=self._written(row, "volume", "7"))
                return [*self.rows[: middle + 1], other, *self.rows[middle + 1 :]]
            case FaultKind.INVALID_CANDLE:
                high = self._get(row, "high")
                broken = self._with(row, low=f"1{high}", high=high)
            case FaultKind.UNALIGNED_TIME:
                time = self._get(row, "time")
                shifted = int(time) + 1000 // self.columns.unit
                broken = self._with(row, time=str(shifted) if isinstance(time, str) else shifted)
            case FaultKind.MALFORMED_ROW:
                broken = self._malformed(row)
            case kind:
                raise AssertionError(f"{kind} does not alter rows")
        return [*self.rows[:middle], broken, *self.rows[middle + 1 :]]

    def _within(self, row: Row) -> bool:
        time = int(self._get(row, "time")) * self.columns.unit
        interval = self.fault.interval or Interval(0, 2**62)
        return interval.start <= time < interval.end

    def _get(self, row: Row, name: str) -> Any:
        return row[getattr(self.columns, name)]

    def _with(self, row: Row, **values: object) -> Row:
        changed = row.copy()
        for name, value in values.items():
            changed[getattr(self.columns, name)] = value
        return changed

    def _written(self, row: Row, name: str, leading: str) -> object:
        """Another number of the same wire type: the old one with a digit put before it."""
        old = self._get(row, name)
        return f"{leading}{old}" if isinstance(old, str) else int(f"{leading}{math.floor(old)}")

    def _shuffled(self) -> list[Row]:
        shuffled = self.rows.copy()
        while len(shuffled) > 1 and shuffled == self.rows:
            self.fault.random.shuffle(shuffled)
        return shuffled

    def _malformed(self, row: Row) -> Row:
        variants = ("null", "short", "nan", "text")
        variant = self.fault.variant or variants[(self.fault.hits - 1) % len(variants)]
        if variant == "short":
            if isinstance(row, list):
                return row[:3]
            return {"t": row["t"]}
        return self._with(row, close={"null": None, "nan": "NaN", "text": "n/a"}[variant])
