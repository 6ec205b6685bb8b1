"""From a file of Binance's archive to rows as its REST interface sends them.

What belongs here: CSV, units. What does not: unpacking (``archive_zip.py``), judging cells
(``candle_rows.py``, the same for both ways) and deciding what a missing row means
(``archive_candles.py``).

Files of futures begin with a header since 2022, those of spot never do; since 2025 those of spot
count microseconds. Both are read off the file itself, line by line.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from arb_pipeline.exchanges.archive_zip import BrokenArchive
from arb_pipeline.exchanges.candle_columns import ColumnReader, ParsedRows
from arb_pipeline.exchanges.candle_rows import RowReader
from arb_pipeline.model import Interval

_TIME, _TRADES, _CELLS = 0, 8, 12
# In milliseconds the year 5138, in microseconds 1973: no instant that is traded in is both.
_MICROSECONDS = 10**14


@dataclass(frozen=True, slots=True)
class Lines:
    """Consecutive lines.

    Attributes:
        times: open time of each, milliseconds; of a line that has none, that of the one before.
        cells: of all, twelve a line; of a line that is something else the whole of it, and eleven
            times nothing.
    """

    times: list[int] = field(default_factory=list)
    cells: list[Any] = field(default_factory=list)

    def between(self, first: int, last: int) -> Lines:
        """The lines whose time lies in ``[first, last)``."""
        begin, end = bisect_left(self.times, first), bisect_left(self.times, last)
        return Lines(self.times[begin:end], self.cells[begin * _CELLS : end * _CELLS])

    def rows(self) -> list[list[Any]]:
        """As over REST: times in milliseconds and numbers of trades are whole numbers."""
        found = []
        for place, time in enumerate(self.times):
            row = self.cells[place * _CELLS : (place + 1) * _CELLS]
            if row[_TIME + 1] is None:
                row = row[_TIME].split(",")
            else:
                row[_TIME] = time
                if row[_TRADES].isdecimal():
                    row[_TRADES] = int(row[_TRADES])
            found.append(row)
        return found

    def columns(self) -> dict[int, Sequence[Any]]:
        """The same by columns.

        Raises:
            ValueError, TypeError: a number of trades is none.
        """
        columns: dict[int, Sequence[Any]] = {n: self.cells[n::_CELLS] for n in range(1, _CELLS)}
        if not "".join(columns[_TRADES]).isdecimal():
            raise ValueError
        columns[_TIME], columns[_TRADES] = self.times, list(map(int, columns[_TRADES]))
        return columns


def by_window(
    blocks: Iterable[str], windows: Sequence[Interval]
) -> Iterator[tuple[Interval, Lines]]:
    """The lines of each window, oldest first; what lies outside of all is left out.

    A line without a time belongs to where it stands; before all that have one, it is a header.

    Args:
        blocks: lines in the order of time.
        windows: the same, joining without gap.

    Raises:
        BrokenArchive: the lines are in no order.
    """
    more = iter(blocks)
    held = Lines()
    latest = 0
    for window in windows:
        while latest < window.end:
            block = next(more, None)
            if block is None:
                break
            added = _lines(block, latest)
            if [latest, *added.times] != sorted([latest, *added.times]):
                raise BrokenArchive("its rows are not in the order of time")
            latest = added.times[-1] if added.times else latest
            held = held.between(window.start, latest + 1)
            held = Lines(held.times + added.times, held.cells + added.cells)
        yield window, held.between(window.start, window.end)


def _lines(block: str, latest: int) -> Lines:
    cells: list[Any] = block.replace("\n", ",").split(",")
    texts = cells[_TIME::_CELLS]
    # A line with a cell more or less puts something else where the times of the next should be.
    if len(cells) == _CELLS * (block.count("\n") + 1) and "".join(texts).isdecimal():
        times = list(map(int, texts))
        if min(times) >= _MICROSECONDS and not any(time % 1000 for time in times):
            times = [time // 1000 for time in times]
        if max(times) < _MICROSECONDS:
            return Lines(times, cells)
    return _each(block, latest)


def _each(block: str, latest: int) -> Lines:
    """Line by line, where any is unusual."""
    lines = Lines()
    for line in filter(None, block.split("\n")):
        cells: list[Any] = line.split(",")
        time, rest = None, 0
        if len(cells) == _CELLS and cells[_TIME].isdecimal():
            time = int(cells[_TIME])
            if time >= _MICROSECONDS:
                time, rest = divmod(time, 1000)
        if time is None or rest:
            cells = [line, *[None] * (_CELLS - 1)]
        latest = latest if time is None else time
        lines.times.append(latest)
        lines.cells.extend(cells)
    return lines


class LineReader:
    """Reads lines as what REST would have sent in their place.

    Args:
        careful: judges row by row.
        quick: judges by columns, and gives up where anything is unusual.
    """

    def __init__(self, careful: RowReader, quick: ColumnReader) -> None:
        self._careful = careful
        self._quick = quick

    def read(self, lines: Lines, window: Interval) -> ParsedRows:
        """The candles that open in ``window``.

        Raises:
            WrongShape: there are lines, and none of them is of this window.
        """
        if not lines.times:
            return ParsedRows()
        try:
            return self._quick.judge(lines.columns(), window, ())
        except (ValueError, TypeError, LookupError):
            return self._careful.read(lines.rows(), window)
