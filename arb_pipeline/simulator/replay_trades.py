"""Recorded trades and recorded funding, served to the letter.

What belongs here: reading the files and listing what they are of. What does not: recorded candles
(``replay.py``). Layouts: ``trade_id,time_ms,taker_side,price,quantity`` with rising ids, and
``funding_time_ms,funding_rate``; plain or gzip, sorted by time.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import groupby, pairwise
from pathlib import Path

from arb_pipeline.model import TIMEFRAMES, Company, Exchange, MarketType
from arb_pipeline.simulator.instruments import Listings, SimulatedInstrument
from arb_pipeline.simulator.replay import RecordedCandle, Recording, instruments
from arb_pipeline.simulator.trades import Print

TRADES_HEADER = ["trade_id", "time_ms", "taker_side", "price", "quantity"]
FUNDING_HEADER = ["funding_time_ms", "funding_rate"]
_SIDES = {"buy": False, "sell": True}


def read_trades(path: Path) -> tuple[Print, ...]:
    """Read recorded trades.

    Raises:
        OSError: the file can't be read.
        ValueError: it is not in the layout above, is empty or unsorted.
    """
    found = []
    for number, time, side, price, quantity in _rows(path, TRADES_HEADER):
        if side not in _SIDES:
            raise ValueError(f"{path}: {side!r} is neither buy nor sell")
        found.append(Print(int(number), int(time), price, quantity, _SIDES[side]))
    for before, after in pairwise(found):
        if after.number <= before.number or after.time < before.time:
            raise ValueError(f"{path}: {after.number} does not come after {before.number}")
    return tuple(found)


def read_funding(path: Path) -> tuple[tuple[int, str], ...]:
    """Read recorded funding: time in milliseconds and rate.

    Raises:
        OSError: the file can't be read.
        ValueError: it is not in the layout above, is empty or unsorted.
    """
    found = tuple((int(time), rate) for time, rate in _rows(path, FUNDING_HEADER))
    if any(after <= before for (before, _), (after, _) in pairwise(found)):
        raise ValueError(f"{path}: not sorted by time")
    return found


def listed_trades(
    listings: Listings, found: tuple[Print, ...], base: str, quote: str
) -> list[SimulatedInstrument]:
    """The recorded market on every exchange, with the candles its trades make.

    Where its candles are replayed already, those stay.
    """
    minute = TIMEFRAMES["1m"]
    grouped = groupby(found, key=lambda one: minute.floor(one.time))
    candles = tuple(_candle(time, list(minute_trades)) for time, minute_trades in grouped)
    made = instruments(Recording(minute, candles), base, quote)
    listed = []
    for instrument in made:
        known = listings.known(instrument.exchange, instrument.id)
        recorded = known is not None and known.recording is not None
        listed.append(replace(known if known and recorded else instrument, trades=found))
    return listed


def listed_funding(
    listings: Listings, found: tuple[tuple[int, str], ...], base: str, quote: str
) -> list[SimulatedInstrument]:
    """The perpetuals of that name, on every futures exchange, with the recorded history.

    Raises:
        ValueError: no exchange lists such a perpetual.
    """
    listed = []
    for exchange in Exchange:
        separator = "_" if exchange.company is Company.GATEIO else ""
        known = listings.known(exchange, f"{base}{separator}{quote}")
        if exchange.market_type is MarketType.FUTURES and known is not None:
            listed.append(replace(known, settled=found))
    if not listed:
        raise ValueError(f"no exchange lists a perpetual {base}/{quote}")
    return listed


def _candle(time: int, found: Sequence[Print]) -> RecordedCandle:
    volume = sum((Decimal(one.quantity) for one in found), Decimal(0))
    return RecordedCandle(
        time,
        found[0].price,
        max((one.price for one in found), key=Decimal),
        min((one.price for one in found), key=Decimal),
        found[-1].price,
        format(volume, "f"),
    )


def _rows(path: Path, header: list[str]) -> list[list[str]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    if len(rows) < 2 or rows[0] != header:
        raise ValueError(f"{path}: {','.join(header)} and rows are needed")
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"{path}: {row} has not {len(header)} fields")
    return rows[1:]
