"""Rows that are left out, come late or are of no possible time: nothing claims their moments."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from arb_pipeline.exchanges import history_cells as cells
from arb_pipeline.exchanges.fills import fill_pages
from arb_pipeline.exchanges.funding_history import funding_pages
from arb_pipeline.exchanges.history_draft import Answer, read_answer
from arb_pipeline.model import Exchange, HistoryPage, Instrument, Interval, subtract
from arb_pipeline.simulator import Fault, FaultKind, Simulator
from arb_pipeline_tests.exchanges.history_pages import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    fetch,
    market,
    present,
    rows_of,
    truth,
)

SPAN = Interval(NOW, NOW + 1000)
TIMES: list[Any] = [NOW + offset for offset in range(100, 1000, 100)]
# A month off, in seconds, and no time at all.
WRONG = [NOW + 30 * DAY, NOW - 30 * DAY, NOW // 1000, "?"]


def answer(times: list[Any]) -> Answer:
    one = Instrument(1, Exchange.MEXC_SPOT, "BTCUSDT", "BTC", "USDT")
    rows = [{"time": time} for time in times]
    return read_answer(rows, rows, one, lambda _, row: (cells.instant(row, "time"),), SPAN)


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize(("place", "start", "end"), [(0, -DAY, 201), (4, 400, 601), (8, 800, DAY)])
def test_a_row_of_an_impossible_time_may_be_of_any_between_its_neighbours(
    wrong: Any, newest_first: bool, place: int, start: int, end: int
) -> None:
    times = [*TIMES[:place], wrong, *TIMES[place + 1 :]]
    found = answer(times[::-1] if newest_first else times)
    last = SPAN.end + DAY if end == DAY else NOW + end
    assert found.doubts == [Interval(NOW + start, last)]
    assert [refused.timestamp for refused in found.refused] == [None]
    assert len(found.rows) == len(TIMES) - 1


@pytest.mark.parametrize("newest_first", [False, True])
def test_more_than_was_asked_for_is_no_doubt(newest_first: bool) -> None:
    times = [NOW - HOUR, *TIMES, NOW + HOUR]
    found = answer(times[::-1] if newest_first else times)
    assert found.doubts == []
    assert len(found.refused) == 2
    # Where it does not belong there, it is.
    assert answer([TIMES[0], NOW - HOUR, TIMES[1]]).doubts == [Interval(TIMES[0], TIMES[1] + 1)]


def test_which_way_a_single_row_points_nobody_knows() -> None:
    assert answer([TIMES[0], "?"]).doubts == [Interval(SPAN.start - DAY, SPAN.end + DAY)]


@pytest.mark.parametrize(
    ("exchange", "field"),
    [
        (Exchange.BINANCE_SPOT, "T"),
        (Exchange.GATEIO_SPOT, "create_time_ms"),
        (Exchange.BYBIT_FUTURES, "time"),
    ],
)
@pytest.mark.parametrize("wrong", [NOW // 1000, NOW + 30 * DAY])
async def test_nobody_claims_the_moment_of_a_trade_of_an_impossible_time(
    simulator: Simulator, exchange: Exchange, field: str, wrong: int
) -> None:
    one = market(simulator, exchange)
    window = Interval(NOW - 30 * MINUTE, NOW - 5 * MINUTE)
    whole, _ = await fetch(simulator, one, window)
    rows = rows_of(whole)
    victim = rows[len(rows) // 2]
    fault = Fault(FaultKind.SET_FIELD, endpoint="trades", row_of=victim[4], field_name=field)
    simulator.faults.add(replace(fault, value=str(wrong) if field != "T" else wrong))
    pages, error = await fetch(simulator, one, window)
    assert error is None
    assert rows_of(pages) == [row for row in rows if row != victim]
    assert {refused.timestamp for page in pages for refused in page.rejected} == {None}
    claimed = present(pages)
    assert not any(part.start <= victim[0] < part.end for part in claimed)
    # Little more than that is doubted; of the rest nothing changes.
    doubted = [hole for part in present(whole) for hole in subtract(part, claimed)]
    assert len(doubted) == 1
    assert doubted[0].end - doubted[0].start < MINUTE
    assert [p.unreachable for p in pages if p.unreachable] == [
        p.unreachable for p in whole if p.unreachable
    ]
    assert len(truth(simulator, one, window)) >= len(rows)


async def test_a_payment_left_out_beside_those_of_the_day_before_is_asked_for_twice(
    simulator: Simulator,
) -> None:
    one = market(simulator, Exchange.BYBIT_FUTURES)
    payment = NOW - NOW % (8 * HOUR) - DAY
    window = Interval(payment - HOUR, payment + HOUR)

    async def leaving_out(client: Any, *args: Any, grace_ms: int) -> AsyncIterator[HistoryPage]:
        call, ends = client.call, iter([payment - 1])

        async def first_without(method: str, params: Any = None, **named: Any) -> Any:
            if params and "endTime" in params:
                params = {**params, "endTime": next(ends, params["endTime"])}
            return await call(method, params, **named)

        client.call = first_without
        async for page in funding_pages(client, *args, grace_ms=grace_ms):
            yield page

    pages, error = await fetch(simulator, one, window, leaving_out)
    assert error is None
    assert [row[0] for row in rows_of(pages)] == [payment]
    assert present(pages) == [window]
    assert pages[0].requests == 2


@pytest.mark.parametrize(
    ("exchange", "pages_of", "late"),
    [
        (Exchange.BYBIT_FUTURES, funding_pages, HOUR),
        (Exchange.GATEIO_FUTURES, funding_pages, HOUR),
        (Exchange.BINANCE_SPOT, fill_pages, 10 * MINUTE),
        (Exchange.MEXC_SPOT, fill_pages, 10 * MINUTE),
    ],
)
async def test_what_may_still_appear_is_not_vouched_for(
    simulator: Simulator, exchange: Exchange, pages_of: Any, late: int
) -> None:
    one = market(simulator, exchange)
    made = simulator.trade(exchange, one.exchange_symbol, Interval(NOW - DAY, NOW - MINUTE), 50)
    pages, error = await fetch(simulator, one, Interval(NOW - DAY, NOW), pages_of, signed=True)
    assert error is None
    (known,) = present(pages)
    assert known.start == NOW - DAY
    assert abs(NOW - late - known.end) < MINUTE
    if pages_of is fill_pages:  # what is there already is stored
        assert rows_of(pages)[-1][0] == made[-1].time > known.end
