"""Pages of candles: which rows a request gets, out of blocks rendered once.

What belongs here: selecting, caching, the candle that is still open. What does not: limits and
parameter names, which differ by company and live in the dialects.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from functools import lru_cache

from arb_pipeline.model import DAY_MS, Interval, Timeframe
from arb_pipeline.simulator import market
from arb_pipeline.simulator.instruments import SimulatedInstrument
from arb_pipeline.simulator.layouts import LAYOUTS, render_candles
from arb_pipeline.simulator.replay import render_recorded
from arb_pipeline.simulator.rows import Block

# An open candle changes with every trade; trades come at this pace, milliseconds.
TRADES_MS = 100
_Key = tuple[SimulatedInstrument, Timeframe, str, int]


class CandleBook:
    """Every candle of every instrument, computed when first asked for.

    Args:
        cache_bytes: how much rendered text may be kept; the least recently used goes first.
    """

    def __init__(self, cache_bytes: int = 256 * 2**20) -> None:
        self._capacity = cache_bytes
        self._used = 0
        self._blocks: OrderedDict[_Key, Block] = OrderedDict()
        self._lock = threading.Lock()

    def clear(self) -> None:
        """Forget what is rendered; needed when an instrument is replaced."""
        with self._lock:
            self._blocks.clear()
            self._used = 0

    @property
    def cached_bytes(self) -> int:
        """Bytes of rendered text kept now."""
        return self._used

    def page(
        self,
        instrument: SimulatedInstrument,
        timeframe: Timeframe,
        layout: str,
        *,
        first: int | None,
        last: int | None,
        limit: int,
        now: int,
        newest: bool,
    ) -> bytes:
        """Rows of candles that open in ``[first, last]``, comma separated, in the layout's order.

        At most ``limit`` of them: the newest ones, or the oldest ones. The candle that is open at
        ``now`` is the last of all.
        """
        current = timeframe.floor(now)
        first = max(first if first is not None else 0, timeframe.floor(instrument.listed_at))
        last = min(last if last is not None else current, current)
        if instrument.ends_at is not None:
            last = min(last, instrument.ends_at - 1)
        if first > last or limit < 1:
            return b""
        pieces: list[bytes] = []
        opened = b""
        reaches_now = last == current
        if reaches_now:
            last -= 1
        if reaches_now and newest:
            opened = _open_row(instrument, timeframe, layout, now - now % TRADES_MS)
            limit -= bool(opened)
        for block in self._between(instrument, timeframe, layout, first, last, newest=newest):
            if not limit:
                break
            begin, end = block.between(first, last)
            if end - begin > limit:
                begin, end = (end - limit, end) if newest else (begin, begin + limit)
            if begin < end:
                pieces.append(block.rows(begin, end))
                limit -= end - begin
        if newest:
            pieces.reverse()
        elif reaches_now and limit:
            opened = _open_row(instrument, timeframe, layout, now - now % TRADES_MS)
        if opened:
            pieces.append(opened)
        if LAYOUTS[layout].newest_first:
            pieces.reverse()
        return b",".join(pieces)

    def _between(
        self,
        instrument: SimulatedInstrument,
        timeframe: Timeframe,
        layout: str,
        first: int,
        last: int,
        *,
        newest: bool,
    ) -> Iterator[Block]:
        length = block_length(timeframe)
        starts = range(
            first - (first - timeframe.origin) % length,
            last + 1,
            length,
        )
        for start in reversed(starts) if newest else starts:
            yield self.block(instrument, timeframe, layout, start)

    def block(
        self, instrument: SimulatedInstrument, timeframe: Timeframe, layout: str, start: int
    ) -> Block:
        """All rows of one block, as if its time were over; a page stops at the clock."""
        key = (instrument, timeframe, layout, start)
        with self._lock:
            block = self._blocks.get(key)
            if block is not None:
                self._blocks.move_to_end(key)
                return block
        block = rendered(
            instrument, timeframe, layout, Interval(start, start + block_length(timeframe))
        )
        with self._lock:
            if key not in self._blocks:
                self._blocks[key] = block
                self._used += block.size
            while self._used > self._capacity and len(self._blocks) > 1:
                self._used -= self._blocks.popitem(last=False)[1].size
        return block


def block_length(timeframe: Timeframe) -> int:
    """How long a block is, milliseconds: a UTC day, more where a day holds few candles."""
    if timeframe.milliseconds < 15 * market.MINUTE_MS:
        return DAY_MS
    return 28 * DAY_MS if timeframe.milliseconds >= 60 * market.MINUTE_MS else 7 * DAY_MS


def rendered(
    instrument: SimulatedInstrument, timeframe: Timeframe, layout: str, interval: Interval
) -> Block:
    """The rows of whole candles, as if their time were over; nothing is kept."""
    if instrument.recording is not None:
        candles = instrument.recording.between(timeframe, interval)
        return render_recorded(candles, timeframe, layout)
    minutes = market.minutes(instrument, interval.start, interval.end)
    return render_candles(instrument, timeframe, market.aggregate(minutes, timeframe), layout)


@lru_cache(maxsize=2048)
def _open_row(
    instrument: SimulatedInstrument, timeframe: Timeframe, layout: str, now: int
) -> bytes:
    opened = timeframe.floor(now)
    if instrument.recording is not None:
        recorded = instrument.recording.between(timeframe, Interval(opened, opened + 1))
        block = render_recorded(recorded, timeframe, layout, closed=False)
    else:
        candle = market.open_candle(instrument, opened, now)
        block = render_candles(instrument, timeframe, candle, layout, closed=False)
    return block.rows(0, len(block.times))
