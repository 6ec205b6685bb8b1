"""From a file of Binance's archive to rows as its REST interface sends them.

What belongs here: zip, CSV, units. What does not: judging cells (``candle_rows.py``, the same for
both ways) and deciding what a missing row means (``archive_candles.py``).

Files of futures begin with a header since 2022, those of spot never do; since 2025 those of spot
count microseconds. Both are read off the file itself, line by line.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from arb_pipeline.exchanges.candle_columns import ColumnReader, ParsedRows
from arb_pipeline.exchanges.candle_rows import RowReader
from arb_pipeline.model import Interval

_TIME, _TRADES, _CELLS = 0, 8, 12
# In milliseconds the year 5138, in microseconds 1973: no instant that is traded in is both.
_MICROSECONDS = 10**14
# Bytes that are unpacked at a time; a line has some 150.
_BLOCK = 2**19
# A month of minutes is 7 MB; what unpacks to more than this is something else.
_LARGEST = 64 * 2**20


class BrokenArchive(ValueError):  # noqa: N818 - a finding; nothing more is taken from the file
    """The file came as it was published, and is not what it should be."""


def archive_lines(zipped: bytes) -> Iterator[list[str]]:
    """The lines of a file, some thousands at a time, unpacked as they are asked for.

    Raises:
        BrokenArchive: the file is no zip of one CSV file.
    """
    try:
        with (
            zipfile.ZipFile(io.BytesIO(zipped)) as archive,
            archive.open(_member(archive)) as unpacked,
        ):
            begun = ""
            while block := unpacked.read(_BLOCK):
                *lines, begun = (begun + block.decode("ascii")).split("\n")
                yield lines
            if begun:
                yield [begun]
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, NotImplementedError) as error:
        raise BrokenArchive(f"it can't be unpacked: {error}") from error


def _member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    (member,) = archive.infolist()
    if member.file_size > _LARGEST:
        raise ValueError(f"{member.file_size:,} bytes")
    return member


def by_window(
    blocks: Iterable[list[str]], windows: Sequence[Interval]
) -> Iterator[tuple[Interval, list[str]]]:
    """The lines of each window, oldest first; what lies outside of all is left out.

    A line without a time belongs to where it stands; before all that have one, it is a header.

    Args:
        blocks: lines in the order of time.
        windows: the same, joining without gap.

    Raises:
        BrokenArchive: the lines are in no order.
    """
    more = iter(blocks)
    lines: list[str] = []
    times: list[int] = []  # of lines
    latest = 0
    for window in windows:
        while not times or times[-1] < window.end:
            block = next(more, None)
            if block is None:
                break
            first = bisect_left(times, window.start)
            lines = [*lines[first:], *block]
            times = [*times[first:], *_times(block, latest)]
            latest = times[-1] if times else latest
        first, last = bisect_left(times, window.start), bisect_left(times, window.end)
        yield window, lines[first:last]
        lines, times = lines[last:], times[last:]


def _times(lines: Iterable[str], latest: int) -> Iterator[int]:
    """The open time of each, milliseconds; of one that has none, that of the line before it."""
    for line in lines:
        cell = line[: line.find(",")]
        if cell.isdecimal():
            time = int(cell)
            if time >= _MICROSECONDS:
                time //= 1000
            if time < latest:
                raise BrokenArchive("its rows are not in the order of time")
            latest = time
        yield latest


class LineReader:
    """Reads lines as what REST would have sent in their place.

    Args:
        careful: judges row by row.
        quick: judges by columns, and gives up where anything is unusual.
    """

    def __init__(self, careful: RowReader, quick: ColumnReader) -> None:
        self._careful = careful
        self._quick = quick

    def read(self, lines: Sequence[str], window: Interval) -> ParsedRows:
        """The candles that open in ``window``.

        Raises:
            WrongShape: there are lines, and none of them is of this window.
        """
        if not lines:
            return ParsedRows()
        try:
            return self._quick.judge(_columns(lines), window, ())
        except (ValueError, TypeError, LookupError):
            return self._careful.read([_as_over_rest(line) for line in lines if line], window)


def _columns(lines: Sequence[str]) -> dict[int, Sequence[Any]]:
    """The cells of each column, as over REST.

    Raises:
        ValueError: a line has another number of cells, or a time or count is none.
    """
    cells = ",".join(lines).split(",")
    # A line with a cell more or less would put prices among the times of those that follow.
    if len(cells) != _CELLS * len(lines):
        raise ValueError
    columns: dict[int, Sequence[Any]] = {place: cells[place::_CELLS] for place in range(_CELLS)}
    if not ("".join(columns[_TIME]).isdecimal() and "".join(columns[_TRADES]).isdecimal()):
        raise ValueError
    times = list(map(int, columns[_TIME]))
    if times[0] >= _MICROSECONDS:
        if any(time % 1000 for time in times):
            raise ValueError
        times = [time // 1000 for time in times]
    columns[_TIME], columns[_TRADES] = times, list(map(int, columns[_TRADES]))
    return columns


def _as_over_rest(line: str) -> list[Any]:
    """The cells of a line: open time in milliseconds and number of trades as whole numbers.

    A line in which they are none, or microseconds that are no whole milliseconds, stays as it
    came: what judges rows will refuse it.
    """
    row: list[Any] = line.split(",")
    if len(row) > _TRADES and row[_TIME].isdecimal() and row[_TRADES].isdecimal():
        time, rest = int(row[_TIME]), 0
        if time >= _MICROSECONDS:
            time, rest = divmod(time, 1000)
        if not rest:
            row[_TIME], row[_TRADES] = time, int(row[_TRADES])
    return row
