"""What of the wanted history is missing, and what was tried to complete it.

What belongs here: days that miss something, the attempts at them, and absences that are asked for
a second time; of any data set. What does not: which runs to start (``defs``), and what is wanted
(``registrations``).

Instants are milliseconds since the epoch, days are the instant they begin at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from arb_pipeline.storage.coverage import day_start, to_datetime, to_ms
from arb_pipeline.storage.database import sql
from arb_pipeline.storage.registrations import Line, Registration, names_of

if TYPE_CHECKING:
    from arb_pipeline.storage.database import Connection, Pool


@dataclass(frozen=True, slots=True)
class Gap:
    """A day of a line that misses something.

    Attributes:
        parts: stretches that are missing.
        pages: requests it takes to ask for each of them.
        seconds: how long they are together.
        attempts: runs that were requested for it.
        is_waiting: whether it is too early for another.
        next_attempt_at: when it is not, where there was an attempt.
    """

    line: Line
    day: int
    parts: int
    pages: int
    seconds: int
    attempts: int
    is_waiting: bool
    next_attempt_at: int | None

    @property
    def is_shattered(self) -> bool:
        """Whether the whole day costs fewer requests than its pieces."""
        return self.pages > self.line.day_pages


def _date(day: int) -> date:
    return to_datetime(day).date()


async def gaps(database: Pool | Connection, lines: Sequence[Line]) -> list[Gap]:
    """Every day that misses something, the newest first."""
    # A line of which nothing can be had yet, or any more, has no days.
    lines = [line for line in lines if line.wanted]
    by_name = dict(zip(zip(*names_of(lines), strict=True), lines, strict=True))
    rows = await database.fetch(
        sql("repair_missing"),
        *names_of(lines),
        [to_datetime(min(line.reach, line.wanted.start)) for line in lines],
        [to_datetime(line.wanted.start) for line in lines],
        [to_datetime(line.wanted.end) for line in lines],
        _lengths(lines),
    )
    return [
        Gap(
            line=by_name[row["symbol_id"], row["data_set"], row["timeframe"]],
            day=day_start(row["day"]),
            parts=row["parts"],
            pages=row["pages"],
            seconds=row["seconds"],
            attempts=row["attempts"] or 0,
            is_waiting=row["is_waiting"],
            next_attempt_at=row["next_attempt_at"] and to_ms(row["next_attempt_at"]),
        )
        for row in rows
    ]


def _lengths(lines: Sequence[Line]) -> list[timedelta]:
    return [timedelta(milliseconds=line.page_ms) for line in lines]


def _days(found: Sequence[Gap]) -> tuple[Any, ...]:
    return (*names_of([gap.line for gap in found]), [_date(gap.day) for gap in found])


async def book(
    database: Pool | Connection, found: Sequence[Gap], *, pause: timedelta, longest: timedelta
) -> None:
    """Note that runs were requested for these days; each time the next pause is twice as long."""
    if found:
        await database.execute(sql("repair_book"), *_days(found), pause, longest)


async def settle(
    database: Pool | Connection, lines: Sequence[Line], found: Sequence[Gap]
) -> list[Registration]:
    """Bring the books up to date with what ``lines`` miss now.

    Attempts at days that miss nothing any more are forgotten, those that failed get the reason,
    and registrations are complete the first time they miss nothing.

    Returns:
        The registrations that became complete.
    """
    await database.execute(sql("repair_settle"), *names_of(lines), *_days(found))
    await database.execute(sql("repair_problems"))
    missing = {gap.line.of for gap in found}
    done = [line for line in lines if not line.of.is_complete and line.of not in missing]
    if done:
        await database.execute(sql("repair_complete"), *names_of(done))
    return [line.of for line in done]


async def write_off(database: Pool | Connection, lines: Sequence[Line]) -> int:
    """Note as unreachable what is missing and lost; returns how many days have some."""
    lost = [line for line in lines if line.lost]
    rows = await database.fetch(
        sql("repair_lost"),
        *names_of(lost),
        [to_datetime(line.lost.start) for line in lost],
        [to_datetime(line.lost.end) for line in lost],
    )
    return len(rows)


async def recheck_due(
    database: Pool | Connection, lines: Sequence[Line], *, confirmed_before: int, requests: int
) -> int:
    """Let absences nobody asked for twice be missing again; returns how many days have some.

    It happens once to each: what is confirmed a second time stays absent.

    Args:
        database: to write to.
        lines: of what.
        confirmed_before: only absences that did not grow since this instant.
        requests: how many requests asking again may cost in 24 hours, estimated from above.
    """
    rows = await database.fetch(
        sql("recheck_due"),
        *names_of(lines),
        [to_datetime(line.reach) for line in lines],
        [to_datetime(max(line.reach, line.wanted.end)) for line in lines],
        _lengths(lines),
        [line.day_pages for line in lines],
        to_datetime(confirmed_before),
        requests,
    )
    return len(rows)


async def recheck_now(database: Pool | Connection, lines: Sequence[Line]) -> int:
    """Let everything absent in the wanted windows be missing; returns how many days have some."""
    rows = await database.fetch(
        sql("recheck_now"),
        *names_of(lines),
        [to_datetime(line.wanted.start) for line in lines],
        [to_datetime(line.wanted.end) for line in lines],
    )
    return len(rows)
