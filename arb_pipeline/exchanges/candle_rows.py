"""From an exchange's rows to ours, refusing by name what is no candle.

What belongs here: everything that can be wrong with one answer's rows. What does not: what a
missing row means (``candles.py``) and whether prices make sense (the database's constraints).

Nearly every page is right: a few checks of whole columns tell, and C turns it around. Anything
unusual goes row by row. Both ways give the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain, repeat
from operator import lt
from typing import Any

from arb_pipeline.exchanges.candle_cells import (
    DECIMAL,
    BadRow,
    all_decimals,
    cell,
    contradiction,
    number,
    product,
    rejection,
    same_candle,
    shown,
)
from arb_pipeline.exchanges.candle_dialects import CandleDialect
from arb_pipeline.exchanges.shapes import WrongShape
from arb_pipeline.model import CandleRow, Interval, Rejection, Timeframe, iso

_NAMES = ("open", "high", "low", "close", "volume", "quote volume")


@dataclass(slots=True)
class ParsedRows:
    """What one answer says about a window.

    Attributes:
        rows: sorted by open time, unique, all inside the window; ``raw``: each as it came.
        rejected, spoiled: what was refused, and the open times inside the window it was for.
        contradicted: those of ``spoiled`` for which two different rows came.
        beyond: whether the candle right after the window is there, so that all in it are over.
        doubtful: a row that belongs nowhere came too: what is missing here proves nothing.
    """

    rows: list[CandleRow] = field(default_factory=list)
    raw: Sequence[Any] = ()
    rejected: list[Rejection] = field(default_factory=list)
    spoiled: set[int] = field(default_factory=set)
    contradicted: set[int] = field(default_factory=set)
    beyond: bool = False
    doubtful: bool = False


class RowReader:
    """Reads the rows of one exchange and timeframe.

    Args:
        dialect: the exchange's.
        timeframe: of the candles.
        contract_size: base units per contract; counts only where volume is in contracts.
    """

    def __init__(self, dialect: CandleDialect, timeframe: Timeframe, contract_size: str) -> None:
        self._dialect = dialect
        self._timeframe = timeframe
        self._size = Decimal(contract_size)
        self._keys = (
            dialect.columns.time,
            *dialect.columns.numbers,
            *(() if dialect.columns.trades is None else (dialect.columns.trades,)),
        )
        self._closed = dialect.columns.closed

    def read(self, rows: list[Any], window: Interval) -> ParsedRows:
        """The candles that open in ``window``.

        Raises:
            WrongShape: there are rows, and none of them is of this window.
        """
        if not rows:
            return ParsedRows()
        try:
            return self._read_page(rows, window)
        except (ValueError, TypeError, LookupError):
            return self._read_each(rows, window)

    def _read_page(self, rows: list[Any], window: Interval) -> ParsedRows:
        """The whole page at once; raises where anything at all is unusual."""
        ordered = rows[::-1] if self._dialect.newest_first else rows
        columns = self._columns(ordered)
        if self._closed is not None and "false" in columns[self._closed]:
            raise ValueError
        texts, *numbers = (columns[key] for key in self._keys)
        unit, length = self._dialect.unit_ms, self._timeframe.milliseconds
        times = list(map(int, texts))
        if beyond := times[-1] * unit == window.end:
            times.pop()
            ordered = ordered[:-1]
        opens: Sequence[int] = range(window.start, window.end, length)
        if times != list(range(window.start // unit, window.end // unit, length // unit)):
            expected, opens = opens, [time * unit for time in times]
            if not (all(map(lt, opens, opens[1:])) and set(opens).issubset(expected)):
                raise ValueError
        trades: Iterable[str | None] = repeat(None)
        if len(numbers) > len(_NAMES):
            counts = numbers.pop()
            if set(map(type, counts)) != {int}:
                raise ValueError
            trades = map(str, counts)
        if self._dialect.in_contracts:
            numbers[4] = [str(n) if type(n) is int else n for n in numbers[4]]
        text = f";{';'.join(chain(*numbers))};"
        if text.count(";") != len(_NAMES) * len(rows) + 1 or not all_decimals(text):
            raise ValueError
        if self._dialect.in_contracts:
            numbers[4] = list(map(self._in_base_units, numbers[4]))
        # A row beyond the window is the last of every column and falls off with the open times.
        found = list(zip(opens, *numbers, trades, strict=False))
        return ParsedRows(rows=found, raw=ordered, beyond=beyond)

    def _columns(self, rows: Sequence[Any]) -> Any:
        """The cells of each column, by what the dialect calls it."""
        if isinstance(self._dialect.columns.time, str):
            return {key: [row[key] for row in rows] for key in self._keys}
        if set(map(type, rows)) != {list}:
            raise TypeError
        return list(zip(*rows, strict=True))

    def _in_base_units(self, contracts: str) -> str:
        return product(contracts, self._size)

    def _read_each(self, rows: list[Any], window: Interval) -> ParsedRows:
        """Row by row, keeping what is right and naming what is not."""
        parsed = ParsedRows()
        found: dict[int, tuple[CandleRow, Any]] = {}
        for row in rows:
            open_time: int | None = None
            try:
                open_time = self._time(row)
                if open_time == window.end:
                    parsed.beyond = True
                    continue
                self._check_time(open_time, window)
                candle = self._candle(open_time, row)
            except BadRow as bad:
                parsed.rejected.append(rejection(row, str(bad), open_time))
                if open_time is not None and window.start <= open_time < window.end:
                    parsed.spoiled.add(self._timeframe.floor(open_time))
                else:
                    parsed.doubtful = True
                continue
            known, came = found.setdefault(open_time, (candle, row))
            if not same_candle(known, candle):
                parsed.rejected += [contradiction(one, open_time) for one in (came, row)]
                parsed.contradicted.add(open_time)
        if not found and not parsed.spoiled and not parsed.beyond:
            raise WrongShape(f"{len(rows)} rows, none of them a candle of {window}")
        kept = [pair for time, pair in sorted(found.items()) if time not in parsed.contradicted]
        parsed.rows = [candle for candle, _ in kept]
        parsed.raw = [row for _, row in kept]
        parsed.spoiled = (parsed.spoiled - found.keys()) | parsed.contradicted
        return parsed

    def _time(self, row: Any) -> int:
        time = cell(row, self._dialect.columns.time, "open time")
        if isinstance(time, str) and DECIMAL.fullmatch(time) and time.isdecimal():
            time = int(time)
        if not isinstance(time, int) or isinstance(time, bool) or not 0 < time < 10**14:
            raise BadRow(f"open time is {shown(time)}, not a time")
        return time * self._dialect.unit_ms

    def _check_time(self, open_time: int, window: Interval) -> None:
        if not window.start <= open_time < window.end:
            raise BadRow(f"opens at {iso(open_time)}, outside of what was asked for")
        if self._timeframe.floor(open_time) != open_time:
            raise BadRow(f"opens at {iso(open_time)}, where no {self._timeframe.name} candle does")

    def _candle(self, open_time: int, row: Any) -> CandleRow:
        columns = self._dialect.columns
        if self._closed is not None and cell(row, self._closed, "closed flag") != "true":
            raise BadRow("the exchange says the candle is still open")
        o, h, low, c, volume, quote_volume = (
            number(cell(row, key, name), name)
            for key, name in zip(columns.numbers, _NAMES, strict=True)
        )
        if self._dialect.in_contracts:
            volume = self._in_base_units(volume)
        trades = None
        if columns.trades is not None:
            count = cell(row, columns.trades, "number of trades")
            if type(count) is not int or count < 0:
                raise BadRow(f"number of trades is {shown(count)}")
            trades = str(count)
        return (open_time, o, h, low, c, volume, quote_volume, trades)
