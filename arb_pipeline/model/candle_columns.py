"""Rows of candles kept as columns, the way they come off the wire and go into COPY."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import overload

from arb_pipeline.model.facts import CandleRow


class CandleColumns(Sequence[CandleRow]):
    """Rows that become tuples only where somebody looks at them one by one.

    A page is read by columns and written by columns; a thousand tuples in between would only be
    made, watched by the garbage collector, and thrown away.

    Attributes:
        times: open times, milliseconds, sorted.
        numbers: open, high, low, close, volume and quote volume; each as long as ``times`` or
            longer, what is beyond counts for nothing.
        trades: numbers of trades, as long as those; None where they are not sent.
    """

    __slots__ = ("numbers", "times", "trades")

    def __init__(
        self,
        times: Sequence[int],
        numbers: Sequence[Sequence[str]],
        trades: Sequence[str] | None,
    ) -> None:
        self.times = times
        self.numbers = numbers
        self.trades = trades

    def __len__(self) -> int:
        return len(self.times)

    def __iter__(self) -> Iterator[CandleRow]:
        trades = repeat(None) if self.trades is None else self.trades
        o, h, low, c, volume, quote_volume = self.numbers
        return zip(self.times, o, h, low, c, volume, quote_volume, trades, strict=False)

    @overload
    def __getitem__(self, index: int) -> CandleRow: ...

    @overload
    def __getitem__(self, index: slice) -> list[CandleRow]: ...

    def __getitem__(self, index: int | slice) -> CandleRow | list[CandleRow]:
        return list(self)[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as of every sequence that compares its items
