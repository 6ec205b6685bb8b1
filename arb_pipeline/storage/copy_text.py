r"""Pages of exact strings as the text PostgreSQL's COPY reads, and what their times cover.

What belongs here: pure functions without a connection. Numbers are passed on letter by letter;
whether they are numbers is for the schema to judge. What could shift columns (a tab, a newline, a
backslash) is refused here, since COPY would read it as structure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise, repeat
from typing import overload

import numpy as np

from arb_pipeline.model import CandleColumns, CandlePage, CandleRow, Interval, Timeframe

_NULL = "\\N"
_TABS = 9  # in a line of candles
_STRUCTURE = b"\t\n\\"
_CLOCK = [f"{hour:02}:{minute:02}:00Z" for hour in range(24) for minute in range(60)]


def candle_text(page: CandlePage, rows: Sequence[CandleRow]) -> bytes:
    r"""Rows in COPY's text format, columns in the order of ``history_tables.CANDLES``.

    ``None`` becomes NULL (``\N``).

    Raises:
        ValueError: a value holds a tab, a newline or a backslash.
    """
    if isinstance(rows, PackedCandles):
        return rows.text
    if not rows:
        return b""
    # Column by column, so that C does what has to be done a thousand times.
    if isinstance(rows, CandleColumns):
        opens, numbers = rows.times, rows.numbers
        trades: Sequence[str] | repeat[str] = rows.trades or repeat(_NULL)
        nulls = 0 if rows.trades else len(rows)
    else:
        opens, *some, quote_volumes, counts = zip(*rows, strict=True)
        numbers, trades = [*some, nullable(quote_volumes)], nullable(counts)
        nulls = quote_volumes.count(None) + counts.count(None)
    ids = repeat(f"{page.instrument.symbol_id}\t{page.timeframe.name}")
    text = lines([ids, times(opens), *numbers, trades])
    return checked(text, len(rows), tabs=_TABS, nulls=nulls)


class PackedCandles(Sequence[CandleRow]):
    """Rows as the text COPY reads; tuples where somebody looks at them one by one.

    Attributes:
        times: open times, milliseconds, sorted.
        text: of all rows.
    """

    __slots__ = ("text", "times")

    def __init__(self, times: Sequence[int], text: bytes) -> None:
        self.times = times
        self.text = text

    def __len__(self) -> int:
        return len(self.times)

    def __iter__(self) -> Iterator[CandleRow]:
        for time, line in zip(self.times, self.text.decode().splitlines(), strict=True):
            o, h, low, c, volume, *rest = line.split("\t")[_TABS - 6 :]
            quote_volume, trades = (None if cell == _NULL else cell for cell in rest)
            yield time, o, h, low, c, volume, quote_volume, trades

    @overload
    def __getitem__(self, index: int) -> CandleRow: ...

    @overload
    def __getitem__(self, index: slice) -> list[CandleRow]: ...

    def __getitem__(self, index: int | slice) -> CandleRow | list[CandleRow]:
        return list(self)[index]


def pack(page: CandlePage) -> None:
    """Let a page of columns hold its rows as one text, while they are in the processor's cache.

    Ten thousand short strings a page, for all pages that wait, would be fetched from memory one by
    one when their turn comes, which takes longer than everything else that is done with them.
    """
    if isinstance(page.rows, CandleColumns):
        page.rows = PackedCandles(page.rows.times, candle_text(page, page.rows))


def times(instants: Sequence[int]) -> list[str]:
    """Sorted milliseconds as times COPY reads, UTC."""
    moments = np.array(instants, dtype=np.int64)
    minutes, rest = np.divmod(moments, 60_000)
    if rest.any() or not instants:
        texts = np.datetime_as_string(moments.view("datetime64[ms]")).tolist()
        return [f"{text}Z" for text in texts]
    # Candles open at whole minutes, and a day has few of them.
    days, of_day = np.divmod(minutes, len(_CLOCK))
    seams = [0, *(np.flatnonzero(np.diff(days)) + 1).tolist(), len(instants)]
    clock = of_day.tolist()
    found: list[str] = []
    for start, end in pairwise(seams):
        texts, of_this = _minutes_of(int(days[start])), clock[start:end]
        first, beyond = of_this[0], of_this[-1] + 1
        every = of_this == list(range(first, beyond))
        found += texts[first:beyond] if every else [texts[minute] for minute in of_this]
    return found


# As many days as pages that wait for each other span: symbols go through the same days.
@lru_cache(maxsize=64)
def _minutes_of(day: int) -> list[str]:
    """Every minute of a day, which is counted from the epoch."""
    date = f"{np.datetime64(day, 'D')}T"
    return [date + minute for minute in _CLOCK]


def nullable(column: Sequence[str | None]) -> Sequence[str]:
    """The column with NULL where there is nothing."""
    return [_NULL if cell is None else cell for cell in column]


def lines(columns: Sequence[Sequence[str] | repeat[str]]) -> str:
    """Columns as lines of cells with tabs between them; a ``repeat`` is as long as the others."""
    text = "\n".join(map("\t".join, zip(*columns, strict=False)))
    return f"{text}\n"


def checked(text: str, rows: int, *, tabs: int, nulls: int) -> bytes:
    r"""The text as bytes, if it has the structure it should have.

    Args:
        text: what COPY is to read.
        rows: how many lines.
        tabs: how many in each.
        nulls: how many ``\N`` in all.

    Raises:
        ValueError: a value holds a tab, a newline or a backslash.
    """
    written = text.encode()
    codes = np.frombuffer(written, np.uint8)
    found = [np.count_nonzero(codes == code) for code in _STRUCTURE]
    if found != [tabs * rows, rows, nulls]:
        raise ValueError("a value holds a tab, a newline or a backslash")
    return written


def present_intervals(timeframe: Timeframe, opens: Sequence[int]) -> list[Interval]:
    """The time that candles with these sorted open times fill."""
    step = timeframe.milliseconds
    if not opens:
        return []
    if opens[-1] - opens[0] == (len(opens) - 1) * step:
        return [Interval(opens[0], opens[-1] + step)]
    found = np.asarray(opens, dtype=np.int64)
    seams = np.flatnonzero(np.diff(found) != step)
    starts = found[np.concatenate(([0], seams + 1))]
    ends = found[np.concatenate((seams, [len(found) - 1]))] + step
    return [Interval(start, end) for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
