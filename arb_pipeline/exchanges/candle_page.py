"""A page in the making: what several answers together say about one stretch of time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from arb_pipeline.exchanges.candle_cells import contradiction, same_candle
from arb_pipeline.exchanges.candle_rows import ParsedRows
from arb_pipeline.model import (
    CandlePage,
    CandleRow,
    Instrument,
    Interval,
    Rejection,
    Timeframe,
    merge,
    subtract,
)


class PageDraft:
    """Collects answers about ``window``.

    Attributes:
        beyond: whether a candle right after the window was seen.
        confirmed: whether asking again for what is missing brought nothing new.
    """

    def __init__(self, timeframe: Timeframe, window: Interval) -> None:
        self._timeframe = timeframe
        self._window = window
        self._rows: Sequence[CandleRow] = ()
        self._raw: dict[int, Any] = {}
        self._last_raw: Sequence[Any] = ()
        self._rejected: dict[tuple[str, str], Rejection] = {}
        self._spoiled: set[int] = set()
        self._contradicted: set[int] = set()
        self.beyond = False
        self.confirmed = False

    @property
    def latest(self) -> int:
        """Open time of the newest row; 0 where there is none."""
        return self._rows[-1][0] if self._rows else 0

    def add(self, answer: ParsedRows) -> bool:
        """Take one answer in; whether it brought a candle that was not there.

        Equal rows collapse, different ones refuse each other.
        """
        before = len(self._rows)
        new = len(answer.rows)
        self.beyond |= answer.beyond
        for rejection in answer.rejected:
            self._rejected.setdefault((rejection.payload, rejection.reason), rejection)
        self._contradicted |= answer.contradicted
        self._spoiled |= answer.spoiled
        if self._rows:
            self._merge(answer)
            new = len(self._rows) - before
        else:
            self._rows, self._last_raw, self._raw = answer.rows, answer.raw, {}
        if self._contradicted:
            self._rows = [row for row in self._rows if row[0] not in self._contradicted]
        return new > 0

    def hull(self) -> Interval:
        """The shortest stretch that holds everything a second answer could still bring."""
        hopeful = self._gaps(self._contradicted)
        return Interval(hopeful[0].start, hopeful[-1].end) if hopeful else Interval(0, 0)

    def cut(self, end: int) -> None:
        """Leave out what opens at or after ``end``, as if it had not been asked for."""
        self._window = Interval(self._window.start, min(end, self._window.end))
        self._rows = [row for row in self._rows if row[0] < self._window.end]
        self._rejected = {
            key: rejection
            for key, rejection in self._rejected.items()
            if rejection.timestamp is None or rejection.timestamp < self._window.end
        }

    def finished(self, instrument: Instrument, requests: int) -> CandlePage:
        """The page, with what is known to be absent."""
        return CandlePage(
            instrument,
            self._timeframe,
            self._window,
            rows=self._rows,
            absent=self._gaps(self._spoiled | self._contradicted) if self.confirmed else (),
            rejected=list(self._rejected.values()),
            requests=requests,
        )

    def _merge(self, answer: ParsedRows) -> None:
        rows = {row[0]: row for row in self._rows}
        if not self._raw:
            self._raw = {row[0]: raw for row, raw in zip(self._rows, self._last_raw, strict=True)}
        for row, raw in zip(answer.rows, answer.raw, strict=True):
            open_time = row[0]
            known = rows.setdefault(open_time, row)
            if not same_candle(known, row):
                self._contradicted.add(open_time)
                for one in (self._raw[open_time], raw):
                    refused = contradiction(one, open_time)
                    self._rejected.setdefault((refused.payload, refused.reason), refused)
            self._raw.setdefault(open_time, raw)
        self._rows = [row for _, row in sorted(rows.items())]

    def _gaps(self, spoiled: set[int]) -> list[Interval]:
        length = self._timeframe.milliseconds
        if len(self._rows) * length == self._window.end - self._window.start:
            return []
        taken = {row[0] for row in self._rows} | spoiled
        return subtract(self._window, merge(Interval(time, time + length) for time in taken))
