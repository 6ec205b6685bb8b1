"""When: instants, half-open intervals and the lengths of candles.

An instant is an ``int``, milliseconds since the Unix epoch, UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Timeframe:
    """The length of a candle.

    Attributes:
        name: ccxt's name, such as ``1m``; stored in ``candles.timeframe``.
        milliseconds: the length.
        origin: an instant at which a candle opens; all others lie whole lengths away.
    """

    name: str
    milliseconds: int
    origin: int = 0

    def floor(self, instant: int) -> int:
        """The latest open time at or before ``instant``."""
        return instant - (instant - self.origin) % self.milliseconds

    def ceil(self, instant: int) -> int:
        """The earliest open time at or after ``instant``."""
        return instant + (self.origin - instant) % self.milliseconds

    def opens(self, interval: Interval) -> range:
        """Every open time that lies in ``interval``."""
        return range(self.ceil(interval.start), interval.end, self.milliseconds)

    def align(self, interval: Interval) -> Interval:
        """The interval filled by the candles that open in ``interval``; it may be empty."""
        return Interval(self.ceil(interval.start), self.ceil(interval.end))


_MINUTE = 60_000
_MONDAY = 4 * DAY_MS  # 1970-01-05: weekly candles open on Mondays on all four companies
TIMEFRAMES: dict[str, Timeframe] = {
    timeframe.name: timeframe
    for timeframe in (
        Timeframe("1m", _MINUTE),
        Timeframe("5m", 5 * _MINUTE),
        Timeframe("15m", 15 * _MINUTE),
        Timeframe("30m", 30 * _MINUTE),
        Timeframe("1h", 60 * _MINUTE),
        Timeframe("4h", 240 * _MINUTE),
        Timeframe("1d", DAY_MS),
        Timeframe("1w", 7 * DAY_MS, origin=_MONDAY),
    )
}


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A half-open stretch of time ``[start, end)`` in milliseconds since the epoch."""

    start: int
    end: int

    def __bool__(self) -> bool:
        return self.start < self.end

    def __str__(self) -> str:
        return f"[{iso(self.start)}, {iso(self.end)})"

    def intersect(self, other: Interval) -> Interval:
        """What both have in common; empty (falsy) where they do not meet."""
        return Interval(max(self.start, other.start), min(self.end, other.end))

    def days(self) -> Iterator[Interval]:
        """The interval cut at UTC midnights."""
        start = self.start
        while start < self.end:
            midnight = start - start % DAY_MS + DAY_MS
            yield Interval(start, min(midnight, self.end))
            start = midnight


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """The same instants as few sorted, disjoint, non-touching intervals."""
    merged: list[Interval] = []
    for interval in sorted(interval for interval in intervals if interval):
        if merged and interval.start <= merged[-1].end:
            if interval.end > merged[-1].end:
                merged[-1] = Interval(merged[-1].start, interval.end)
        else:
            merged.append(interval)
    return merged


def subtract(interval: Interval, taken: Iterable[Interval]) -> list[Interval]:
    """What of ``interval`` lies in none of ``taken``, sorted."""
    rest: list[Interval] = []
    start = interval.start
    for other in merge(taken):
        if other.end <= start:
            continue
        if other.start >= interval.end:
            break
        if other.start > start:
            rest.append(Interval(start, other.start))
        start = other.end
    if start < interval.end:
        rest.append(Interval(start, interval.end))
    return rest


def now_ms() -> int:
    """This machine's clock, milliseconds since the epoch."""
    return int(datetime.now(tz=UTC).timestamp() * 1000)


def iso(instant: int) -> str:
    """``2026-01-31T12:00:00Z``, with milliseconds only where there are any."""
    seconds, millis = divmod(instant, 1000)
    text = datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{millis:03d}Z" if millis else f"{text}Z"
