"""A page of candles from the bytes of an answer to lines, without an object for every cell.

What belongs here: the way of pages whose exchange pads its numbers, so that what lies between the
digits is the same in every row of a page. Where it is not, nothing is said: the page is read by its
columns then (``candle_columns.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, repeat

import numpy as np

from arb_pipeline.exchanges.candle_columns import ParsedRows
from arb_pipeline.exchanges.candle_dialects import CandleDialect
from arb_pipeline.model import CandleLines, Interval, Timeframe

_DIGITS = b"0123456789"
_ZERO, _TAB = b"0\t"
_TABS_FOR_COMMAS = bytes.maketrans(b",", b"\t")
_KINDS = {"i": b"", "n": rb'"\.?"'}  # what is left of a cell without its digits


class PaddedReader:
    """Reads whole answers of one exchange and timeframe.

    Args:
        dialect: the exchange's; it says what its ``cells`` are, and neither the first nor the last
            of them goes into a line.
        timeframe: of the candles.
    """

    def __init__(self, dialect: CandleDialect, timeframe: Timeframe) -> None:
        self._length = timeframe.milliseconds
        self._cells = len(dialect.cells)
        self._signs = re.compile(
            rb"\[" + b",".join(_KINDS[kind] for kind in dialect.cells) + rb"\]"
        )
        wanted = (*dialect.columns.numbers, dialect.columns.trades)
        self._cuts = list(_neighbours(place for place in wanted if isinstance(place, int)))

    def glance(self, body: bytes, window: Interval) -> ParsedRows | None:
        """The candles of an answer that has every one of ``window`` and nothing unusual.

        Returns:
            None where it is not such an answer; nothing is said of it then.
        """
        signs = body.translate(None, _DIGITS)
        row, rows = signs[1 : signs.find(b"]") + 1], signs.count(b"]") - 1
        wanted = (window.end - window.start) // self._length
        if (
            not wanted <= rows <= wanted + 1
            or not self._signs.fullmatch(row)
            or signs != b"[" + b",".join(repeat(row, rows)) + b"]"
        ):
            return None
        # No cell is empty, and no point without digits on both sides: between the signs there are
        # as many runs of digits as there can be.
        digits = np.frombuffer(body, np.uint8) - _ZERO < len(_DIGITS)
        if np.count_nonzero(digits[1:] > digits[:-1]) != rows * (self._cells + row.count(b".")):
            return None
        clean = body.translate(_TABS_FOR_COMMAS, b'"')
        codes = np.frombuffer(clean, np.uint8)
        tabs = np.flatnonzero(codes == _TAB)
        if not self._opens(codes, tabs, window.start, rows):
            return None
        pieces = self._pieces(clean.decode("ascii"), tabs, wanted)
        opens = range(window.start, window.end, self._length)
        return ParsedRows(CandleLines(opens, list(map("".join, pieces))), beyond=rows > wanted)

    def _opens(self, codes: np.ndarray, tabs: np.ndarray, first: int, rows: int) -> bool:
        """Whether the rows open one after the other, the first at ``first``."""
        places = len(str(first))
        ends = tabs[:: self._cells]
        # A bracket stands before the first row, and a tab and a bracket before every other.
        starts = np.concatenate(([2], tabs[self._cells - 1 :: self._cells] + 2))
        if not (ends - starts == places).all():
            return False
        digits = codes[starts[:, None] + np.arange(places)] - _ZERO
        times = digits @ 10 ** np.arange(places - 1, -1, -1)
        return bool(np.array_equal(times, first + self._length * np.arange(rows)))

    def _pieces(self, text: str, tabs: np.ndarray, rows: int) -> Iterator[Sequence[str]]:
        """What is cut out of each row; the tab before it comes along, but for the first."""
        cuts = []
        for number, (first, last) in enumerate(self._cuts):
            starts = tabs[first - 1 :: self._cells][:rows] + (number == 0)
            ends = tabs[last :: self._cells]
            cuts.append([text[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=False)])
        return zip(*cuts, strict=True)


def _neighbours(places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """First and last of every run of places that follow each other."""
    for _, run in groupby(enumerate(places), lambda pair: pair[1] - pair[0]):
        found = [place for _, place in run]
        yield found[0], found[-1]
