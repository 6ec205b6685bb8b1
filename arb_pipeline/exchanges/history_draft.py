"""What the answers about one stretch of time say together.

What belongs here: reading rows, refusing them one by one, and putting answers together. What does
not: asking (``history_walk.py``) and which field is what (the sources).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from arb_pipeline.exchanges.candle_cells import BadRow, rejection
from arb_pipeline.exchanges.history_cells import Row
from arb_pipeline.exchanges.shapes import WrongShape
from arb_pipeline.model import DAY_MS, Instrument, Interval, Rejection, iso

HistoryRow = tuple[Any, ...]
Read = Callable[[Instrument, Row], HistoryRow]
TIME, SIDE, ID = 0, 3, 4


@dataclass(slots=True)
class Answer:
    """One answer, read.

    Attributes:
        rows: each with what came; in the order of the answer.
        refused: with the time they claim, where that can be.
        doubts: when those that were refused may have been.
        count: rows that came, whatever became of them.
        payload: the whole of it.
    """

    rows: list[tuple[HistoryRow, Any]] = field(default_factory=list)
    refused: list[Rejection] = field(default_factory=list)
    doubts: list[Interval] = field(default_factory=list)
    count: int = 0
    payload: Any = None


def read_answer(
    rows: Sequence[Any], payload: Any, instrument: Instrument, read: Read, span: Interval
) -> Answer:
    """Read rows one by one; what lies outside of ``span`` was not asked for and is refused.

    A row that was refused and whose time can't be right stands for one we do not have: it is of
    some moment between its neighbours, for exchanges send rows by time. Where it fits between
    them and is less than a day off, more was sent than was asked for, and that is all.

    Raises:
        WrongShape: there are rows, and none of them is of ``span``.
    """
    answer = Answer(count=len(rows), payload=payload)
    refused: list[tuple[int, str, int | None]] = []
    times: list[int | None] = [None] * len(rows)  # of the rows that are taken
    outside = 0
    for place, row in enumerate(rows):
        try:
            if not isinstance(row, dict):
                raise BadRow("the row is no object")  # noqa: TRY301 - one way to refuse
            found = read(instrument, row)
        except BadRow as bad:
            refused.append((place, str(bad), claimed(row)))
            continue
        if not span.start <= found[TIME] < span.end:
            outside += 1
            reason = f"of {iso(found[TIME])}, outside of what was asked for"
            refused.append((place, reason, found[TIME]))
            continue
        times[place] = found[TIME]
        answer.rows.append((found, row))
    if outside and outside == len(rows):
        raise WrongShape(f"{len(rows)} rows, none of them of {span}")
    around = Interval(span.start - DAY_MS, span.end + DAY_MS)
    for place, reason, time in refused:
        believed = time
        if time is None or not span.start <= time < span.end:
            doubt = _between(times, place, around)
            if time is None or not doubt.start <= time < doubt.end:
                believed = None
                answer.doubts.append(doubt)
        else:
            answer.doubts.append(Interval(time, time + 1))
        answer.refused.append(rejection(rows[place], reason, believed))
    return answer


def _between(times: Sequence[int | None], place: int, around: Interval) -> Interval:
    """When a row may be of, by the rows before and after it; ``around`` where there is none."""
    known = [time for time in times if time is not None]
    before = next((time for time in times[place::-1] if time is not None), None)
    after = next((time for time in times[place:] if time is not None), None)
    if before is not None and after is not None:
        return Interval(min(before, after), max(before, after) + 1)
    if not known or known[0] == known[-1]:  # nobody knows which way they go
        return around
    newest_first = known[0] > known[-1]
    if before is None:
        return (
            Interval(known[0], around.end) if newest_first else Interval(around.start, known[0] + 1)
        )
    return (
        Interval(around.start, known[-1] + 1) if newest_first else Interval(known[-1], around.end)
    )


def claimed(row: Any) -> int | None:
    """The time a row that was refused claims, milliseconds; None where it can't be read."""
    value = next((row[name] for name in _TIMES if name in row), None) if type(row) is dict else None
    try:
        time = Decimal(str(value))
    except ArithmeticError:
        return None
    if not 10**9 < time < 10**14:
        return None
    return int(time if time > 10**11 else time * 1000)


# What exchanges call the time of a row; seconds and milliseconds are told apart by their size.
_TIMES = (
    "T", "time", "create_time_ms", "create_time", "execTime", "fundingTime",
    "fundingRateTimestamp", "t",
)  # fmt: skip


def identity_of(row: HistoryRow) -> str:
    """The exchange's id of a trade."""
    return str(row[ID])


def in_order(row: HistoryRow) -> tuple[int, int, str]:
    """Sorts by time, then by number: ids are text, and of two numbers the longer is the larger."""
    name = str(row[ID]) if len(row) > ID else ""
    return (row[TIME], len(name), name)


class Draft:
    """Rows and refusals of one stretch.

    Attributes:
        stretch: what the page will speak of.
        key: what makes a row one of its kind; None where rows that are alike are several.
        refused: every row that was refused.
        holes: parts of the stretch that are not known completely because of them.
        came: rows that came in all answers together.
    """

    def __init__(self, stretch: Interval, key: Callable[[HistoryRow], Any] | None) -> None:
        self.stretch = stretch
        self.key = key
        self.refused: list[Rejection] = []
        self.holes: list[Interval] = []
        self.came = 0
        self._unique: dict[Any, tuple[HistoryRow, Any]] = {}
        self._spoiled: set[Any] = set()
        self._rows: list[HistoryRow] = []

    def add(self, answer: Answer) -> int:
        """Take an answer in; returns how many rows are new."""
        self.came += answer.count
        self.refused += answer.refused
        self.holes += [part for doubt in answer.doubts if (part := doubt.intersect(self.stretch))]
        if self.key is None:
            self._rows += [row for row, _ in answer.rows]
            return len(answer.rows)
        new = 0
        for row, raw in answer.rows:
            key = self.key(row)
            known, came = self._unique.setdefault(key, (row, raw))
            new += known is row
            if known != row and key not in self._spoiled:
                self._spoiled.add(key)
                for one, its in ((came, known), (raw, row)):
                    reason = f"two different rows for {key}"
                    self.refused.append(rejection(one, reason, its[TIME]))
                    if self._is_own(its):
                        self.holes.append(Interval(its[TIME], its[TIME] + 1))
        return new

    def is_silent(self) -> bool:
        """Whether no row of the stretch itself came, not even one that was refused."""
        taken = self._rows if self.key is None else (row for row, _ in self._unique.values())
        return not self.holes and not any(map(self._is_own, taken))

    def _is_own(self, row: HistoryRow) -> bool:
        return bool(self.stretch.start <= row[TIME] < self.stretch.end)

    def rows(self) -> list[HistoryRow]:
        """What was not refused, in order."""
        if self.key is not None:
            unique = self._unique.items()
            found = [row for key, (row, _) in unique if key not in self._spoiled]
        else:
            found = self._rows
        return sorted(found, key=in_order)
