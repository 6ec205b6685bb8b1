"""Recorded candles, served to the letter.

What belongs here: reading a recording and answering for it. What does not: modelled markets.
Layout of a file: ``open_time_ms,open,high,low,close,volume``, plain or gzip. An interval without
a row is a hole, and stays one.
"""

from __future__ import annotations

import csv
import gzip
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np

from arb_pipeline.model import TIMEFRAMES, Company, Exchange, Interval, Timeframe
from arb_pipeline.simulator.instruments import SimulatedInstrument
from arb_pipeline.simulator.layouts import LAYOUTS, time_fields
from arb_pipeline.simulator.rows import Block, render

HEADER = ["open_time_ms", "open", "high", "low", "close", "volume"]


@dataclass(frozen=True, slots=True)
class RecordedCandle:
    """One row of a recording; numbers are the recorded text."""

    time: int
    open: str
    high: str
    low: str
    close: str
    volume: str


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """The candles of one file, sorted by time."""

    timeframe: Timeframe
    candles: tuple[RecordedCandle, ...]

    @property
    def start(self) -> int:
        """Open time of the first candle, milliseconds."""
        return self.candles[0].time

    @property
    def end(self) -> int:
        """End of the last candle, milliseconds."""
        return self.candles[-1].time + self.timeframe.milliseconds

    def serves(self, timeframe: Timeframe) -> bool:
        """Whether candles of that length can be had exactly."""
        return timeframe.milliseconds % self.timeframe.milliseconds == 0

    def between(self, timeframe: Timeframe, interval: Interval) -> tuple[RecordedCandle, ...]:
        """The candles of that length that open in ``interval``."""
        candles = _aggregated(self, timeframe)
        first = bisect_left(candles, interval.start, key=lambda candle: candle.time)
        last = bisect_left(candles, interval.end, key=lambda candle: candle.time)
        return candles[first:last]


@lru_cache(maxsize=64)
def _aggregated(recording: Recording, timeframe: Timeframe) -> tuple[RecordedCandle, ...]:
    """The recording in longer candles; its own rows, untouched, for its own timeframe."""
    if timeframe == recording.timeframe:
        return recording.candles
    grouped = groupby(recording.candles, key=lambda candle: timeframe.floor(candle.time))
    return tuple(_merged(time, list(rows)) for time, rows in grouped)


def _merged(time: int, rows: list[RecordedCandle]) -> RecordedCandle:
    return RecordedCandle(
        time,
        rows[0].open,
        max((row.high for row in rows), key=Decimal),
        min((row.low for row in rows), key=Decimal),
        rows[-1].close,
        format(sum((Decimal(row.volume) for row in rows), Decimal(0)), "f"),
    )


def read_recording(path: Path, timeframe: Timeframe) -> Recording:
    """Read a ``.csv`` or ``.csv.gz`` file.

    Raises:
        ValueError: it is not in the layout above, is empty, unsorted or off the timeframe's grid.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        if next(rows, None) != HEADER:
            raise ValueError(f"{path}: the first line must be {','.join(HEADER)}")
        candles = tuple(_parsed(rows, path))
    if not candles:
        raise ValueError(f"{path}: no candles")
    for before, after in pairwise(candles):
        if after.time <= before.time:
            raise ValueError(f"{path}: {after.time} does not come after {before.time}")
    if any(timeframe.floor(candle.time) != candle.time for candle in candles):
        raise ValueError(f"{path}: not a recording of {timeframe.name} candles")
    return Recording(timeframe, candles)


def _parsed(rows: Iterator[list[str]], path: Path) -> Iterator[RecordedCandle]:
    for row in rows:
        if len(row) != len(HEADER):
            raise ValueError(f"{path}: {row} has not {len(HEADER)} fields")
        yield RecordedCandle(int(row[0]), *row[1:])


def instruments(recording: Recording, base: str, quote: str) -> list[SimulatedInstrument]:
    """The recorded market, listed on every exchange under that exchange's way of writing ids."""
    prices = (text for c in recording.candles for text in (c.open, c.high, c.low, c.close))
    price_decimals = max(map(_decimals, prices))
    quantity_decimals = max(_decimals(candle.volume) for candle in recording.candles)
    listed = SimulatedInstrument(
        exchange=Exchange.BINANCE_SPOT,
        id=f"{base}{quote}",
        base=base,
        quote=quote,
        asset=base,
        price=0,
        price_decimals=price_decimals,
        quantity_decimals=quantity_decimals,
        listed_at=recording.start,
        settle=quote,
        recording=recording,
    )
    return [
        replace(
            listed,
            exchange=exchange,
            id=f"{base}_{quote}" if exchange.company is Company.GATEIO else f"{base}{quote}",
        )
        for exchange in Exchange
    ]


def _decimals(text: str) -> int:
    return len(text.partition(".")[2])


def recording_of(path: Path, timeframe: str) -> Recording:
    """``read_recording`` by the name of the timeframe.

    Raises:
        ValueError: the timeframe is unknown or the file is malformed.
    """
    if timeframe not in TIMEFRAMES:
        raise ValueError(f"unknown timeframe {timeframe}; choose from {', '.join(TIMEFRAMES)}")
    return read_recording(path, TIMEFRAMES[timeframe])


def render_recorded(
    candles: tuple[RecordedCandle, ...], timeframe: Timeframe, layout: str, *, closed: bool = True
) -> Block:
    """Render recorded candles.

    A recording does not know quote volumes: volume times close is sent in their place, and one
    trade. A candle that is not closed yet is sent as its opening print alone, without volume.
    """
    times = [candle.time for candle in candles]
    fields = time_fields(np.array(times, dtype=np.int64), timeframe, closed=closed)
    for name in ("open", "high", "low", "close"):
        source = name if closed else "open"
        fields[name] = [getattr(candle, source) for candle in candles]
    volumes = [candle.volume if closed else "0" for candle in candles]
    fields |= {
        "quantity": volumes,
        "contracts": [volume.partition(".")[0] for volume in volumes],
        "turnover": [
            format(Decimal(volume) * Decimal(candle.close), "f")
            for volume, candle in zip(volumes, candles, strict=True)
        ],
        "trades": "1",
        "taker_quantity": "0",
        "taker_turnover": "0",
    }
    return render(LAYOUTS[layout], times, fields)
