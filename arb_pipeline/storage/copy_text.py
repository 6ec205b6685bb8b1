r"""Pages of exact strings as the text PostgreSQL's COPY reads, and what their times cover.

What belongs here: pure functions without a connection. Numbers are passed on letter by letter;
whether they are numbers is for the schema to judge. What could shift columns (a tab, a newline, a
backslash) is refused here, since COPY would read it as structure.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from arb_pipeline.model import CandlePage, CandleRow, Interval, Timeframe

_SEPARATORS = 9  # tabs in a line of ten columns


def candle_text(page: CandlePage, rows: Sequence[CandleRow]) -> bytes:
    r"""Rows in COPY's text format, columns in the order of ``writer.CANDLE_COLUMNS``.

    ``None`` becomes NULL (``\N``).

    Raises:
        ValueError: a value holds a tab, a newline or a backslash.
    """
    head = f"{page.instrument.symbol_id}\t{page.timeframe.name}\t"
    times = np.array([row[0] for row in rows], dtype="datetime64[ms]")
    lines = [
        f"{head}{time}Z\t{row[1]}\t{row[2]}\t{row[3]}\t{row[4]}\t{row[5]}"
        f"\t{_NULL if row[6] is None else row[6]}\t{_NULL if row[7] is None else row[7]}\n"
        for time, row in zip(np.datetime_as_string(times).tolist(), rows, strict=True)
    ]
    text = "".join(lines)
    nulls = sum((row[6] is None) + (row[7] is None) for row in rows)
    if (
        text.count("\t") != _SEPARATORS * len(rows)
        or text.count("\n") != len(rows)
        or text.count("\\") != nulls
    ):
        raise ValueError("a value holds a tab, a newline or a backslash")
    return text.encode()


_NULL = "\\N"


def present_intervals(timeframe: Timeframe, opens: Sequence[int]) -> list[Interval]:
    """The time that candles with these sorted open times fill."""
    step = timeframe.milliseconds
    if not opens:
        return []
    if opens[-1] - opens[0] == (len(opens) - 1) * step:
        return [Interval(opens[0], opens[-1] + step)]
    times = np.asarray(opens, dtype=np.int64)
    seams = np.flatnonzero(np.diff(times) != step)
    starts = times[np.concatenate(([0], seams + 1))]
    ends = times[np.concatenate((seams, [len(times) - 1]))] + step
    return [Interval(start, end) for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
