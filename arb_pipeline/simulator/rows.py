"""Columns of numbers as rows of text: rendered once, sliced for ever.

What belongs here: turning columns into bytes fast, and the block of rows a page is cut from. What
does not: how an exchange arranges a row (``layouts.py``), what the columns hold.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter

import numpy as np
import numpy.typing as npt

from arb_pipeline.simulator.noise import Ints

_FEW = 16  # rows up to which the digit matrix costs more than it saves


@dataclass(frozen=True, slots=True)
class Number:
    """Whole, non-negative numbers of units of 10^-decimals, written exactly.

    Attributes:
        zeros: digits to write behind the last decimal.
    """

    values: Ints
    decimals: int = 0
    zeros: str = ""

    def texts(self) -> list[str]:
        """One text per value."""
        behind = f".{self.zeros}" if self.zeros and not self.decimals else self.zeros
        texts = []
        for value in self.values.tolist():
            digits = str(value)
            if self.decimals:
                digits = digits.zfill(self.decimals + 1)
                digits = f"{digits[: -self.decimals]}.{digits[-self.decimals :]}"
            texts.append(digits + behind)
        return texts


# A column: numbers, texts one per row, or one text for all rows.
Field = Number | Sequence[str] | str


@dataclass(frozen=True, slots=True)
class Layout:
    """How one exchange writes a row: a format string over the names of fields."""

    text: str
    newest_first: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Rendered rows of consecutive candles.

    Attributes:
        times: open times, ascending.
        offsets: where each row begins in ``text``, in wire order.
        text: the rows, comma separated, in wire order.
    """

    times: array[int]
    offsets: array[int]
    text: bytes
    newest_first: bool

    def between(self, first: int, last: int) -> tuple[int, int]:
        """Index range (half-open, oldest first) of rows that open in ``[first, last]``."""
        return bisect_left(self.times, first), bisect_left(self.times, last + 1)

    def rows(self, begin: int, end: int) -> bytes:
        """Rows ``begin`` to ``end`` (counted oldest first), comma separated, in wire order."""
        if begin >= end:
            return b""
        count = len(self.times)
        if self.newest_first:
            begin, end = count - end, count - begin
        stop = self.offsets[end] - 1 if end < count else len(self.text)
        return self.text[self.offsets[begin] : stop]

    @property
    def size(self) -> int:
        """Bytes it holds."""
        return len(self.text) + 16 * len(self.times)


@lru_cache(maxsize=64)
def _parts(text: str) -> tuple[tuple[str, str | None], ...]:
    return tuple((literal, name) for literal, name, _, _ in Formatter().parse(text))


def render(layout: Layout, times: Sequence[int], fields: Mapping[str, Field]) -> Block:
    """One row per time; ``fields`` are oldest first, ``layout`` decides the wire order."""
    cells: list[Field] = []
    for literal, name in _parts(layout.text):
        cells += [literal] if name is None else [literal, fields[name]]
    count, reverse = len(times), layout.newest_first
    if count > _FEW and all(isinstance(cell, Number | str) for cell in cells):
        text = _by_matrix(cells, count, reverse=reverse)
    else:
        text = _one_by_one(cells, count, reverse=reverse)
    # The bracket a row begins with occurs nowhere else in it.
    bracket = layout.text.encode()[0]
    starts = np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == bracket)
    return Block(array("q", times), array("q", starts.tolist()), text, reverse)


def _one_by_one(cells: Sequence[Field], count: int, *, reverse: bool) -> bytes:
    columns: list[Sequence[str]] = []
    for cell in cells:
        texts = cell.texts() if isinstance(cell, Number) else cell
        columns.append([texts] * count if isinstance(texts, str) else texts)
    rows = ["".join(row) for row in zip(*columns, strict=True)]
    return ",".join(reversed(rows) if reverse else rows).encode("ascii")


def _by_matrix(cells: Sequence[Field], count: int, *, reverse: bool) -> bytes:
    """All rows at once, as a matrix of characters in which zero bytes are left out."""
    columns: list[npt.NDArray[np.uint8]] = []
    for cell in [*cells, ","]:
        if isinstance(cell, str):
            columns.append(_characters(cell))
        elif isinstance(cell, Number):
            digits = _digits(cell.values[::-1] if reverse else cell.values, cell.decimals)
            whole = digits.shape[1] - cell.decimals
            point = "." if cell.decimals or cell.zeros else ""
            columns += [digits[:, :whole], _characters(point), digits[:, whole:]]
            columns.append(_characters(cell.zeros))
    matrix = np.empty((count, sum(column.shape[1] for column in columns)), dtype=np.uint8)
    left = 0
    for column in columns:
        right = left + column.shape[1]
        matrix[:, left:right] = column
        left = right
    return matrix.tobytes().translate(None, b"\0")[:-1]


def _characters(text: str) -> npt.NDArray[np.uint8]:
    return np.frombuffer(text.encode("ascii"), dtype=np.uint8).reshape(1, -1)


# "0000" to "9999", each as the four bytes of one number: four digits a division.
_FOUR = np.frombuffer("".join(f"{n:04}" for n in range(10_000)).encode(), dtype=np.uint32)


def _digits(values: Ints, decimals: int) -> npt.NDArray[np.uint8]:
    """The digits of each value, right aligned; zero bytes in place of leading zeros."""
    width = max(len(str(int(values.max()))), decimals + 1)
    groups = np.empty((len(values), -(-width // 4)), dtype=np.uint32)
    rest = values
    for position in reversed(range(groups.shape[1])):
        higher = rest // 10_000
        groups[:, position] = _FOUR[rest - higher * 10_000]
        rest = higher
    digits = groups.view(np.uint8)[:, -width:]
    for position in range(width - decimals - 1):
        digits[:, position] *= values >= 10 ** (width - 1 - position)
    return digits
