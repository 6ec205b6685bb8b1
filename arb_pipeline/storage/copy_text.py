r"""Pages of exact strings as the text PostgreSQL's COPY reads, and what their times cover.

What belongs here: pure functions without a connection. Numbers are passed on letter by letter;
whether they are numbers is for the schema to judge. What could shift columns (a tab, a newline, a
backslash) is refused here, since COPY would read it as structure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import repeat

import numpy as np

from arb_pipeline.model import (
    NOTHING,
    CandleLines,
    CandlePage,
    CandleRow,
    Interval,
    LazyCandles,
    Timeframe,
)

_TABS = 9  # in a line of candles
_STRUCTURE = b"\t\n\\"
_MINUTE = 60_000
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
    if isinstance(rows, CandleLines):
        opens, cells = rows.times, [rows.lines]
        nulls = len(rows) * rows.lines[0].endswith(NOTHING)
    else:
        opens, *numbers, quote_volumes, trades = zip(*rows, strict=True)
        cells = [*numbers, nullable(quote_volumes), nullable(trades)]
        nulls = quote_volumes.count(None) + trades.count(None)
    ids = repeat(f"{page.instrument.symbol_id}\t{page.timeframe.name}")
    text = lines([ids, times(opens), *cells])
    return checked(text, len(rows), tabs=_TABS, nulls=nulls)


class PackedCandles(LazyCandles):
    """Rows as the text COPY reads, which is ``text``."""

    __slots__ = ("text",)

    def __init__(self, times: Sequence[int], text: bytes) -> None:
        super().__init__(times)
        self.text = text

    def cells(self) -> Iterator[list[str]]:
        """Without the key and the time, which are the first three."""
        return (line.split("\t")[3:] for line in self.text.decode().splitlines())


def pack(page: CandlePage) -> None:
    """Let a page of lines hold its rows as one text, while they are in the processor's cache.

    A thousand strings a page, for all pages that wait, would be fetched from memory one by one
    when their turn comes, which takes longer than everything else that is done with them.
    """
    if isinstance(page.rows, CandleLines):
        page.rows = PackedCandles(page.rows.times, candle_text(page, page.rows))


def times(instants: Sequence[int]) -> list[str]:
    """Sorted milliseconds as times COPY reads, UTC."""
    if isinstance(instants, range) and instants.step == _MINUTE and not instants.start % _MINUTE:
        return _minutes(instants.start // _MINUTE, len(instants))
    moments = np.array(instants, dtype="datetime64[ms]")
    whole = moments.astype("datetime64[s]")
    texts = np.datetime_as_string(whole if (whole == moments).all() else moments)
    return [f"{text}Z" for text in texts.tolist()]


def _minutes(first: int, count: int) -> list[str]:
    """Minutes without a gap, the first counted from the epoch."""
    found: list[str] = []
    day, minute = divmod(first, len(_CLOCK))
    while len(found) < count:
        found += _minutes_of(day)[minute : minute + count - len(found)]
        day, minute = day + 1, 0
    return found


# As many days as pages that wait for each other span: symbols go through the same days.
@lru_cache(maxsize=64)
def _minutes_of(day: int) -> list[str]:
    """Every minute of a day, which is counted from the epoch."""
    date = f"{np.datetime64(day, 'D')}T"
    return [date + minute for minute in _CLOCK]


def nullable(column: Sequence[str | None]) -> Sequence[str]:
    """The column with NULL where there is nothing."""
    return [NOTHING if cell is None else cell for cell in column]


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
