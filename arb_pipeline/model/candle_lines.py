r"""Rows of candles kept as lines of text, which is how they go into COPY.

What belongs here: what a line is, and rows out of lines. What does not: checking cells (whoever
makes lines has done it) and writing them (``storage``).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

from arb_pipeline.model.facts import CandleRow

# A cell for what the exchange does not send; PostgreSQL's own sign for it.
NOTHING = "\\N"


class LazyCandles(Sequence[CandleRow]):
    """Rows that become tuples only where somebody looks at them one by one.

    A page is read and written as text; a thousand tuples in between would only be made, watched by
    the garbage collector, and thrown away.

    Attributes:
        times: open times, milliseconds, sorted.
    """

    __slots__ = ("times",)

    def __init__(self, times: Sequence[int]) -> None:
        self.times = times

    @abstractmethod
    def cells(self) -> Iterable[Sequence[str]]:
        """For each row open, high, low, close, volume, quote volume and number of trades."""

    def __len__(self) -> int:
        return len(self.times)

    def __iter__(self) -> Iterator[CandleRow]:
        for time, (o, h, low, c, volume, *rest) in zip(self.times, self.cells(), strict=True):
            quote_volume, trades = (None if cell == NOTHING else cell for cell in rest)
            yield time, o, h, low, c, volume, quote_volume, trades

    @overload
    def __getitem__(self, index: int) -> CandleRow: ...

    @overload
    def __getitem__(self, index: slice) -> list[CandleRow]: ...

    def __getitem__(self, index: int | slice) -> CandleRow | list[CandleRow]:
        return list(self)[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as of every sequence that compares its items


class CandleLines(LazyCandles):
    r"""Rows of one page, each as a line of seven cells with tabs between them.

    Attributes:
        lines: open, high, low, close, volume, quote volume, number of trades; the last is ``\N``
            in every line where the exchange does not send it.
    """

    __slots__ = ("lines",)

    def __init__(self, times: Sequence[int], lines: Sequence[str]) -> None:
        super().__init__(times)
        self.lines = lines

    def cells(self) -> Iterator[list[str]]:
        """The lines, cut at their tabs."""
        return (line.split("\t") for line in self.lines)
