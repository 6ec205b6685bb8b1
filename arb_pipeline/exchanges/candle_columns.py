"""A page of candles read by columns, at the cost of a few calls into C.

What belongs here: the way of nearly every page whose numbers are not padded (those that are go by
``candle_lines.py``), which gives up where anything at all is unusual. What does not: saying what is
wrong, row by row (``candle_rows.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain, repeat
from operator import lt
from typing import Any

import orjson

from arb_pipeline.exchanges.candle_cells import all_decimals, product
from arb_pipeline.exchanges.candle_dialects import CandleDialect, Key
from arb_pipeline.exchanges.shapes import rows_at
from arb_pipeline.model import NOTHING, CandleLines, CandleRow, Interval, Rejection, Timeframe

NAMES = ("open", "high", "low", "close", "volume", "quote volume")


@dataclass(slots=True)
class ParsedRows:
    """What one answer says about a window.

    Attributes:
        rows: sorted by open time, unique, all inside the window; ``raw``: each as it came, but
            where a glance saw all of the window.
        rejected, spoiled: what was refused, and the open times inside the window it was for.
        contradicted: those of ``spoiled`` for which two different rows came.
        beyond: whether the candle right after the window is there, so that all in it are over.
        doubtful: a row that belongs nowhere came too: what is missing here proves nothing.
    """

    rows: Sequence[CandleRow] = ()
    raw: Sequence[Any] = ()
    rejected: list[Rejection] = field(default_factory=list)
    spoiled: set[int] = field(default_factory=set)
    contradicted: set[int] = field(default_factory=set)
    beyond: bool = False
    doubtful: bool = False


class ColumnReader:
    """Reads whole answers of one exchange and timeframe.

    Args:
        dialect: the exchange's.
        timeframe: of the candles.
        contract_size: base units per contract; counts only where volume is in contracts.
    """

    def __init__(self, dialect: CandleDialect, timeframe: Timeframe, contract_size: str) -> None:
        self._dialect = dialect
        self._timeframe = timeframe
        self._size = Decimal(contract_size)
        columns = dialect.columns
        self._keys = (columns.time, *columns.numbers)
        self._trades = columns.trades
        self._closed = columns.closed
        self._time_type = str if dialect.times_are_texts else int
        self._rows = rows_at(*dialect.path)

    def glance(self, body: bytes, window: Interval) -> ParsedRows | None:
        """The candles of an answer that has every one of ``window`` and nothing unusual.

        orjson is twice as fast as the standard library, but makes floats of fractions. That is no
        harm here: a fraction in a cell that is looked at is something unusual.

        Returns:
            None where it is not such an answer; nothing is said of it then.
        """
        try:
            payload = orjson.loads(body)
            if self._dialect.verdict is not None and str(payload[self._dialect.verdict]) != "0":
                return None
            parsed = self.read(self._rows(payload), window)
        except (ValueError, TypeError, LookupError):
            return None
        whole = len(parsed.rows) * self._timeframe.milliseconds == window.end - window.start
        return parsed if whole else None

    def read(self, rows: Sequence[Any], window: Interval) -> ParsedRows:
        """The candles of ``window`` by their columns.

        Raises:
            ValueError, TypeError, LookupError: something is unusual.
        """
        ordered = rows[::-1] if self._dialect.newest_first else rows
        return self.judge(self._columns(ordered), window, ordered)

    def judge(self, columns: Any, window: Interval, ordered: Sequence[Any]) -> ParsedRows:
        """The candles of ``window``, by columns that are cut already.

        Args:
            columns: cells by what the dialect calls their column.
            window: where they open.
            ordered: the rows as they came, oldest first; empty where nobody will look at them.

        Raises:
            ValueError, TypeError, LookupError: something is unusual.
        """
        if self._closed is not None and set(columns[self._closed]) != {"true"}:
            raise ValueError
        texts, *numbers = (columns[key] for key in self._keys)
        if set(map(type, texts)) != {self._time_type}:
            raise TypeError
        unit, length = self._dialect.unit_ms, self._timeframe.milliseconds
        times = list(map(int, texts)) if self._time_type is str else list(texts)
        if beyond := times[-1] * unit == window.end:
            times.pop()
            ordered = ordered[:-1]
        opens: Sequence[int] = range(window.start, window.end, length)
        if times != list(range(window.start // unit, window.end // unit, length // unit)):
            expected, opens = opens, [time * unit for time in times]
            if not (all(map(lt, opens, opens[1:])) and set(opens).issubset(expected)):
                raise ValueError
        trades: Iterable[str] = repeat(NOTHING)
        if self._trades is not None:
            counts = columns[self._trades]
            if set(map(type, counts)) != {int}:
                raise TypeError
            trades = map(str, counts)
        if self._dialect.in_contracts:
            numbers[4] = [str(n) if type(n) is int else n for n in numbers[4]]
        text = f";{';'.join(chain(*numbers))};"
        if not all_decimals(text, len(NAMES) * len(texts)):
            raise ValueError
        if self._dialect.in_contracts:
            numbers[4] = [product(contracts, self._size) for contracts in numbers[4]]
        lines = list(map("\t".join, zip(*numbers, trades, strict=False)))
        if beyond:
            lines.pop()
        return ParsedRows(CandleLines(opens, lines), raw=ordered, beyond=beyond)

    def _columns(self, rows: Sequence[Any]) -> Any:
        """The cells of each column, by what the dialect calls it."""
        keys: tuple[Key, ...] = self._keys if self._trades is None else (*self._keys, self._trades)
        if isinstance(self._dialect.columns.time, str):
            return {key: [row[key] for row in rows] for key in keys}
        if set(map(type, rows)) != {list}:
            raise TypeError
        return list(zip(*rows, strict=True))
