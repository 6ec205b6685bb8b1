"""What storing a page teaches: rows per day, and what of its window is known by now."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from arb_pipeline.model import CandlePage, Interval, LazyCandles, subtract
from arb_pipeline.storage.copy_text import present_intervals
from arb_pipeline.storage.coverage import Knowledge, Learnt
from arb_pipeline.storage.history_tables import CANDLES, HistoryTable, Page, Row, timeframe_of
from arb_pipeline.storage.written import Written


def count_inserted(table: HistoryTable, rows: Sequence[Row], written: Written) -> None:
    """Count rows of a page, all of them new, per UTC day."""
    times = _times(table, rows)
    if times:
        for day in Interval(times[0], times[-1] + 1).days():
            count = bisect_left(times, day.end) - bisect_left(times, day.start)
            written.day(day.start).inserted += count


def _times(table: HistoryTable, rows: Sequence[Row]) -> Sequence[int]:
    return rows.times if isinstance(rows, LazyCandles) else list(map(table.time_of, rows))


def learnt(page: Page, rows: Sequence[Row], written: Written) -> Learnt:
    """What is known now that some rows of the page are stored."""
    timeframe = timeframe_of(page)
    if isinstance(page, CandlePage):
        present = present_intervals(page.timeframe, _times(CANDLES, rows))
    else:
        refused = [Interval(time, time + 1) for time in written.refused]
        present = [part for whole in page.present for part in subtract(whole, refused)]
    return Learnt(
        page.instrument.symbol_id,
        "" if timeframe is None else timeframe.name,
        Knowledge(present, list(page.absent), list(page.unreachable)),
    )
