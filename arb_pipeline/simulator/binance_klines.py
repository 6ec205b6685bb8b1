"""Candles in Binance's dialect, which MEXC speaks too.

What belongs here: the parameters of ``klines`` and how they are refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from arb_pipeline.model import TIMEFRAMES, Exchange, Timeframe
from arb_pipeline.simulator.dialect import (
    HOUR,
    MINUTE,
    Asked,
    Call,
    Refused,
    Reply,
    World,
    dump,
    integer,
    served,
    window_of,
)

INTERVALS: dict[str, Timeframe] = {
    **TIMEFRAMES,
    **{
        name: Timeframe(name, length)
        for name, length in (
            ("3m", 3 * MINUTE), ("2h", 2 * HOUR), ("6h", 6 * HOUR), ("8h", 8 * HOUR),
            ("12h", 12 * HOUR),
        )
    },
}  # fmt: skip


def error(code: int, message: str, status: int = 400) -> Reply:
    """An error payload."""
    return dump({"code": code, "msg": message}, status)


def invalid_symbol() -> Reply:
    """Answer for an unknown symbol."""
    return error(-1121, "Invalid symbol.")


@dataclass(frozen=True, slots=True)
class Klines:
    """How one market answers ``klines``.

    Attributes:
        default: rows without a ``limit``.
        maximum: rows a page never exceeds.
        clamps: whether a larger ``limit`` is cut silently; otherwise it is an error.
        end_inclusive: whether the candle that opens exactly at ``endTime`` is sent.
    """

    exchange: Exchange
    layout: str
    intervals: dict[str, Timeframe]
    default: int
    maximum: int
    clamps: bool = True
    end_inclusive: bool = True
    interval_error: Callable[[], Reply] = lambda: error(-1120, "Invalid interval.")

    def asked(self, call: Call) -> Asked:
        """What the request is about."""
        query = call.query
        start, end = integer(query.get("startTime")), integer(query.get("endTime"))
        limit = min(integer(query.get("limit")) or self.default, self.maximum)
        timeframe = self.intervals.get(query.get("interval", ""))
        return Asked(
            self.exchange, query.get("symbol"), timeframe.name if timeframe else None,
            start, end, limit, window_of(start, end, limit, timeframe, call.now),
        )  # fmt: skip

    def answer(self, world: World, call: Call) -> Reply:
        """The page."""
        query = call.query
        symbol = mandatory(call, "symbol")
        timeframe = self.intervals.get(mandatory(call, "interval"))
        if timeframe is None:
            raise Refused(self.interval_error())
        start, end = number(call, "startTime"), number(call, "endTime")
        limit = number(call, "limit") if "limit" in query else self.default
        if limit is None or limit < 1 or (limit > self.maximum and not self.clamps):
            raise Refused(error(-1130, "Data sent for parameter 'limit' is not valid."))
        instrument = world.listings.find(self.exchange, symbol, call.now)
        if instrument is None:
            raise Refused(invalid_symbol())
        if not served(instrument, timeframe):
            raise Refused(self.interval_error())
        if end is not None and not self.end_inclusive:
            end -= 1
        rows = world.candles.page(
            instrument, timeframe, self.layout, first=start, last=end,
            limit=min(limit, self.maximum), now=call.now, newest=start is None,
        )  # fmt: skip
        return Reply(b"[" + rows + b"]")


def mandatory(call: Call, name: str) -> str:
    """A parameter that must be there, or a refusal."""
    value = call.query.get(name)
    if not value:
        message = f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
        raise Refused(error(-1102, message))
    return value


def number(call: Call, name: str) -> int | None:
    """A parameter that is a whole number, None where it is missing, or a refusal."""
    text = call.query.get(name)
    if text is None:
        return None
    number = integer(text)
    if number is None or number < 0:
        message = (
            f"Illegal characters found in parameter '{name}'; legal range is '^[0-9]{{1,20}}$'."
        )
        raise Refused(error(-1100, message))
    return number
