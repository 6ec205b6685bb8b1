"""Public trades: which of them a request gets, modelled or recorded.

What belongs here: selecting by time and by number. What does not: what an exchange calls a field
and how much it gives at once (the files of the dialects).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from arb_pipeline.simulator import figures, prints
from arb_pipeline.simulator.instruments import SimulatedInstrument
from arb_pipeline.simulator.prints import HOUR_MS


@dataclass(frozen=True, slots=True)
class Print:
    """One trade; numbers are the text the exchange sends.

    Attributes:
        number: the exchange's id; consecutive.
        sold: whether the taker sold.
    """

    number: int
    time: int
    price: str
    quantity: str
    sold: bool


def between(
    instrument: SimulatedInstrument, first: int, last: int, now: int, *, newest: bool = False
) -> Iterator[Print]:
    """Trades of ``[first, last]`` up to ``now``, milliseconds: oldest first, or newest first."""
    first = max(first, instrument.listed_at)
    last = min(last, now)
    if instrument.ends_at is not None:
        last = min(last, instrument.ends_at)
    hours = range(first - first % HOUR_MS, last + 1, HOUR_MS)
    for start in reversed(hours) if newest else hours:
        block = _hour(instrument, start)
        begin = bisect_left(block, first, key=_time)
        end = bisect_left(block, last + 1, key=_time)
        yield from reversed(block[begin:end]) if newest else block[begin:end]


def newest(instrument: SimulatedInstrument, now: int) -> Iterator[Print]:
    """Trades up to ``now``, the newest first."""
    return between(instrument, 0, now, now, newest=True)


def from_number(instrument: SimulatedInstrument, number: int, now: int) -> Iterator[Print]:
    """Trades up to ``now`` whose number is ``number`` or higher, oldest first."""
    if instrument.recording is not None:
        recorded = instrument.trades
        begin = bisect_left(recorded, number, key=lambda one: one.number)
        return takewhile(lambda one: one.time <= now, iter(recorded[begin:]))
    start = prints.hour_of(instrument, number, now)
    found = between(instrument, start, now, now)
    return (one for one in found if one.number >= number)


_time: Callable[[Print], int] = lambda one: one.time  # noqa: E731 - the key of every search


def _hour(instrument: SimulatedInstrument, start: int) -> tuple[Print, ...]:
    if instrument.recording is None:
        return _modelled(instrument, start)
    begin = bisect_left(instrument.trades, start, key=_time)
    end = bisect_left(instrument.trades, start + HOUR_MS, key=_time)
    return instrument.trades[begin:end]


@lru_cache(maxsize=96)  # 0.3 MB each
def _modelled(instrument: SimulatedInstrument, start: int) -> tuple[Print, ...]:
    found = prints.of_hour(instrument, start)
    columns = (found.number, found.time, found.price, found.quantity, found.sold)
    return tuple(
        Print(
            number,
            time,
            figures.price(instrument, price),
            figures.quantity(instrument, quantity),
            bool(sold),
        )
        for number, time, price, quantity, sold in zip(*(c.tolist() for c in columns), strict=True)
    )
