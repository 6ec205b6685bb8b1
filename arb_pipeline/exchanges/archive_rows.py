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

from arb_pipeline.model import Interval

_TIME, _TRADES = 0, 8
# In milliseconds the year 5138, in microseconds 1973: no instant that is traded in is both.
_MICROSECONDS = 10**14
# Bytes that are unpacked at a time; a line has some 150.
_BLOCK = 2**19
# A month of minutes is 7 MB; what unpacks to more than this is something else.
_LARGEST = 64 * 2**20
Row = list[Any]


class BrokenArchive(ValueError):  # noqa: N818 - a finding; nothing more is taken from the file
    """The file came as it was published, and is not what it should be."""


def archive_rows(zipped: bytes) -> Iterator[list[Row]]:
    """The rows of a file, some thousands at a time, unpacked as they are asked for.

    Open time and number of trades are whole numbers as over REST, times in milliseconds. A row in
    which they are none, or microseconds that are no whole milliseconds, stays as it came: what
    judges rows will refuse it.

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
                yield _as_over_rest(lines)
            if begun:
                yield _as_over_rest([begun])
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, NotImplementedError) as error:
        raise BrokenArchive(f"it can't be unpacked: {error}") from error


def _member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    (member,) = archive.infolist()
    if member.file_size > _LARGEST:
        raise ValueError(f"{member.file_size:,} bytes")
    return member


def _as_over_rest(lines: Iterable[str]) -> list[Row]:
    rows: list[Row] = [line.split(",") for line in lines if line]
    for row in rows:
        if len(row) > _TRADES:
            time, trades = row[_TIME], row[_TRADES]
            if time.isdecimal() and trades.isdecimal():
                instant, rest = int(time), 0
                if instant >= _MICROSECONDS:
                    instant, rest = divmod(instant, 1000)
                if not rest:
                    row[_TIME], row[_TRADES] = instant, int(trades)
    return rows


def by_window(
    blocks: Iterable[list[Row]], windows: Sequence[Interval]
) -> Iterator[tuple[Interval, list[Row]]]:
    """The rows of each window, oldest first; what lies outside of all is left out.

    A row without a time belongs to where it stands; before all that have one, it is a header.

    Args:
        blocks: rows in the order of time.
        windows: the same, joining without gap.

    Raises:
        BrokenArchive: the rows are in no order.
    """
    more = iter(blocks)
    rows: list[Row] = []
    times: list[int] = []  # of rows
    latest = 0
    for window in windows:
        while not times or times[-1] < window.end:
            block = next(more, None)
            if block is None:
                break
            first = bisect_left(times, window.start)
            rows = [*rows[first:], *block]
            times = [*times[first:], *_times(block, latest)]
            latest = times[-1]
        first, last = bisect_left(times, window.start), bisect_left(times, window.end)
        yield window, rows[first:last]
        rows, times = rows[last:], times[last:]


def _times(rows: Iterable[Row], latest: int) -> Iterator[int]:
    """The open time of each; of one that has none, that of the row before it."""
    for row in rows:
        time = row[_TIME]
        if type(time) is int:
            if time < latest:
                raise BrokenArchive("its rows are not in the order of time")
            latest = time
        yield latest
