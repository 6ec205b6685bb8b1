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
from arb_pipeline.model import Instrument, Interval, Rejection, iso

HistoryRow = tuple[Any, ...]
Read = Callable[[Instrument, Row], HistoryRow]
TIME, ID = 0, 4


@dataclass(slots=True)
class Answer:
    """One answer, read.

    Attributes:
        rows: each with what came; in the order of the answer.
        refused: with the time they claim, where that can be read.
        count: rows that came, whatever became of them.
        payload: the whole of it.
    """

    rows: list[tuple[HistoryRow, Any]] = field(default_factory=list)
    refused: list[Rejection] = field(default_factory=list)
    count: int = 0
    payload: Any = None


def read_answer(
    rows: Sequence[Any], payload: Any, instrument: Instrument, read: Read, span: Interval
) -> Answer:
    """Read rows one by one; what lies outside of ``span`` was not asked for and is refused.

    Raises:
        WrongShape: there are rows, and none of them is of ``span``.
    """
    answer = Answer(count=len(rows), payload=payload)
    outside = 0
    for row in rows:
        try:
            if not isinstance(row, dict):
                raise BadRow("the row is no object")  # noqa: TRY301 - one way to refuse
            found = read(instrument, row)
        except BadRow as bad:
            answer.refused.append(rejection(row, str(bad), claimed(row)))
            continue
        if not span.start <= found[TIME] < span.end:
            outside += 1
            reason = f"of {iso(found[TIME])}, outside of what was asked for"
            answer.refused.append(rejection(row, reason, found[TIME]))
            continue
        answer.rows.append((found, row))
    if outside and outside == len(rows):
        raise WrongShape(f"{len(rows)} rows, none of them of {span}")
    return answer


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
    """The exchange's id of a trade or fill."""
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
        for refused in answer.refused:
            self.spoil(refused.timestamp)
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
                    self.spoil(its[TIME])
        return new

    def spoil(self, time: int | None) -> None:
        """A row of that time was refused; of an unknown time: it may belong anywhere."""
        if time is None:
            self.holes.append(self.stretch)
        elif self.stretch.start <= time < self.stretch.end:
            self.holes.append(Interval(time, time + 1))

    def rows(self) -> list[HistoryRow]:
        """What was not refused, in order."""
        if self.key is not None:
            unique = self._unique.items()
            found = [row for key, (row, _) in unique if key not in self._spoiled]
        else:
            found = self._rows
        return sorted(found, key=in_order)
