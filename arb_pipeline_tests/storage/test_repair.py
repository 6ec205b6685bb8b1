"""What is missing, what was tried, and what is asked for twice: the SQL of repair."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from arb_pipeline.model import DAY_MS, DataSet, Exchange, Interval, now_ms
from arb_pipeline.storage import repair
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.coverage_days import long_absences
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.registrations import Line, Registration
from arb_pipeline_tests.storage.pages import an_instrument

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 1_767_225_600_000  # 2026-01-01, a Thursday
BINANCE = Exchange.BINANCE_SPOT
PUT = (
    "INSERT INTO coverage (symbol_id, data_set, timeframe, day, present, absent) "
    "VALUES ($1, 'candles', $2, ($3::timestamptz AT TIME ZONE 'UTC')::date, "
    "$4::text::tstzmultirange, $5::text::tstzmultirange)"
)


def ranges(*parts: tuple[int, int]) -> str:
    """A literal of minutes after DAY."""
    moments = [
        (to_datetime(DAY + start * MINUTE), to_datetime(DAY + end * MINUTE)) for start, end in parts
    ]
    return "{" + ",".join(f"[{start},{end})" for start, end in moments) + "}"


async def put(
    pool: Pool,
    symbol_id: int,
    day: int,
    present: tuple[tuple[int, int], ...] = (),
    absent: tuple[tuple[int, int], ...] = (),
    timeframe: str = "1m",
) -> None:
    """Coverage of the day-th day after DAY; minutes count from DAY."""
    at = to_datetime(DAY + day * DAY_MS)
    await pool.execute(PUT, symbol_id, timeframe, at, ranges(*present), ranges(*absent))


def line(symbol_id: int, days: int = 3, timeframe: str = "1m") -> Line:
    """Days of 1000-candle pages from DAY on."""
    of = Registration(symbol_id, BINANCE, f"S{symbol_id}", "candles", timeframe, DAY, True)
    return Line(of, DAY - 9 * DAY_MS, Interval(DAY, DAY + days * DAY_MS), 1000 * MINUTE)


async def test_gaps_are_days_newest_first_with_what_they_cost(pool: Pool) -> None:
    symbol = (await an_instrument(pool)).symbol_id
    await put(pool, symbol, 0, present=((0, 1440),))
    await put(pool, symbol, 1, present=((1440, 1500), (1502, 2000)), absent=((1500, 1501),))
    found = await repair.gaps(pool, [line(symbol)])
    assert [(gap.day, gap.parts, gap.pages, gap.seconds) for gap in found] == [
        (DAY + 2 * DAY_MS, 1, 2, 86_400),
        (DAY + DAY_MS, 2, 2, 60 + 880 * 60),
    ]
    assert not any(gap.is_shattered for gap in found)


async def test_days_before_the_depth_count_once_they_were_begun(pool: Pool) -> None:
    symbol = (await an_instrument(pool)).symbol_id
    for day in (-12, -5):
        await put(pool, symbol, day, present=((day * 1440, day * 1440 + 60),))
    await put(pool, symbol, 0, present=((0, 1440),))
    found = await repair.gaps(pool, [line(symbol, days=1)])
    # Nine days back is all that can be had.
    assert [(gap.day, gap.seconds) for gap in found] == [(DAY - 5 * DAY_MS, 23 * 3600)]


async def test_a_weekly_candle_is_asked_for_with_its_monday(pool: Pool) -> None:
    symbol = (await an_instrument(pool)).symbol_id
    week = Interval(DAY + 4 * DAY_MS, DAY + 11 * DAY_MS)
    wanted = replace(line(symbol, timeframe="1w"), wanted=week, reach=DAY)
    (gap,) = await repair.gaps(pool, [wanted])
    assert (gap.day, gap.seconds) == (week.start, 7 * 86_400)


async def test_what_is_in_many_pieces_is_asked_for_whole(pool: Pool) -> None:
    symbol = (await an_instrument(pool)).symbol_id
    await put(pool, symbol, 0, present=tuple((n, n + 1) for n in range(0, 1440, 2)))
    (gap,) = await repair.gaps(pool, [line(symbol, days=1)])
    assert (gap.parts, gap.pages, gap.is_shattered) == (720, 720, True)


async def test_pauses_double_up_to_the_longest(pool: Pool) -> None:
    symbol = (await an_instrument(pool)).symbol_id
    pauses = []
    for _ in range(5):
        found = await repair.gaps(pool, [line(symbol, days=1)])
        await repair.book(pool, found, pause=timedelta(minutes=5), longest=timedelta(minutes=30))
        (gap,) = await repair.gaps(pool, [line(symbol, days=1)])
        assert gap.is_waiting
        assert gap.next_attempt_at is not None
        pauses.append(round((gap.next_attempt_at - now_ms()) / MINUTE))
    assert (gap.attempts, pauses) == (5, [5, 10, 20, 30, 30])
    await pool.execute("UPDATE repair_attempts SET attempts = 1000000")  # for years
    await repair.book(pool, [gap], pause=timedelta(minutes=5), longest=timedelta(days=1))
    await put(pool, symbol, 0, present=((0, 1440),))
    await repair.settle(pool, [line(symbol, days=1)], [])
    assert await pool.fetchval("SELECT count(*) FROM repair_attempts") == 0


async def test_asking_again_keeps_to_the_requests_of_a_day(pool: Pool) -> None:
    symbol = (await an_instrument(pool)).symbol_id
    for day in range(3):
        await put(pool, symbol, day, absent=((day * 1440, day * 1440 + 1440),))
    lines = [line(symbol)]

    async def again(requests: int) -> int:
        return await repair.recheck_due(
            pool, lines, confirmed_before=now_ms() + HOUR, requests=requests
        )

    assert await repair.recheck_due(pool, lines, confirmed_before=DAY, requests=99) == 0
    # Two pages, each asked twice: four requests a day of absence.
    assert [await again(n) for n in (3, 7, 7, 12, 99)] == [0, 1, 0, 2, 0]
    rows = await pool.fetch(
        "SELECT isempty(absent) AS gone, seconds_of(absent_rechecked)::int AS again FROM coverage"
    )
    assert [tuple(row) for row in rows] == [(True, 86_400)] * 3
    # Confirmed once more, nothing of it is due ever again; what is new is.
    await pool.execute("UPDATE coverage SET absent = absent_rechecked")
    assert await again(99) == 0
    assert await repair.recheck_now(pool, lines) == 3


@pytest.mark.parametrize(
    ("start", "end", "traded_before", "is_flagged"),
    [
        (1500, 1561, ((0, 1440), (1440, 1500)), True),
        (1500, 1560, ((0, 1440), (1440, 1500)), False),  # not longer than an hour
        (1440, 2880, ((0, 1440),), True),  # a whole day
        (1440, 2880, (), False),  # not listed before
        (1440, 2880, tuple((n, n + 1) for n in range(0, 1440, 2)), False),  # seldom traded
    ],
)
async def test_long_absences_of_what_trades_all_the_time_are_flagged(
    pool: Pool,
    start: int,
    end: int,
    traded_before: tuple[tuple[int, int], ...],
    is_flagged: bool,
) -> None:
    symbol = (await an_instrument(pool)).symbol_id
    silent = tuple((n, n + 1) for n in range(1440) if not any(a <= n < b for a, b in traded_before))
    await put(pool, symbol, 0, tuple(p for p in traded_before if p[0] < 1440), silent)
    today = tuple(part for part in traded_before if part[0] >= 1440)
    await put(pool, symbol, 1, (*today, (end, 2880)) if end < 2880 else today, ((start, end),))
    found = await long_absences(
        pool,
        symbol_ids=[symbol],
        data_set=DataSet.CANDLES.value,
        timeframes=["1m"],
        interval=Interval(DAY + DAY_MS, DAY + 2 * DAY_MS),
        longer_than=timedelta(hours=1),
    )
    wanted = Interval(DAY + start * MINUTE, DAY + end * MINUTE)
    assert [one.interval for one in found] == ([wanted] if is_flagged else [])


async def test_what_is_missing_and_too_old_is_written_off(pool: Pool) -> None:
    symbol = (await an_instrument(pool)).symbol_id
    await put(pool, symbol, 0, present=((0, 100),), absent=((100, 110),))
    lost = replace(line(symbol), lost=Interval(DAY, DAY + DAY_MS + HOUR))
    assert await repair.write_off(pool, [lost, line(symbol)]) == 2
    rows = await pool.fetch(
        "SELECT seconds_of(present)::int AS present, seconds_of(absent)::int AS absent, "
        "seconds_of(unreachable)::int AS unreachable FROM coverage ORDER BY day"
    )
    assert [tuple(row) for row in rows] == [(6000, 600, 86_400 - 6600), (0, 0, 3600)]
    assert await repair.write_off(pool, [lost]) == 0
