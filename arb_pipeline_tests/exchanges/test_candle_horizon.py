"""A horizon that passes while a request waits its turn: nothing behind it is called absent."""

from __future__ import annotations

import pytest

from arb_pipeline.exchanges.candle_windows import horizon
from arb_pipeline.exchanges.errors import OutOfHorizon
from arb_pipeline.model import CandlePage, Exchange, Interval, merge
from arb_pipeline.simulator import Fault, FaultKind, Simulator
from arb_pipeline_tests.exchanges.candle_pages import (
    M1,
    MINUTE,
    NOW,
    btc,
    fetch,
    rows_of,
    simulated,
)

LATE = NOW + 20 * MINUTE
PASSED = M1.ceil(LATE - 10_000 * MINUTE)
START = M1.ceil(NOW - 9_995 * MINUTE)
WINDOW = Interval(START, START + 60 * MINUTE)
each_gate = pytest.mark.parametrize("exchange", [Exchange.GATEIO_SPOT, Exchange.GATEIO_FUTURES])


async def late(simulator: Simulator, exchange: Exchange, answers_at: int) -> list[CandlePage]:
    """The pages of ``WINDOW``, where the exchange's clock goes on before it answers."""
    simulator.clock.freeze(answers_at)
    looks = iter([NOW] * 2)

    async def clock() -> int:
        return next(looks, LATE)

    async with simulated(simulator) as exchanges:
        exchanges[exchange].clock = clock  # type: ignore[method-assign]
        return await fetch(exchanges, btc(simulator, exchange), WINDOW)


@each_gate
async def test_what_passed_before_it_was_asked_for_is_unreachable(
    simulator: Simulator, exchange: Exchange
) -> None:
    pages = await late(simulator, exchange, LATE)
    oldest = horizon(exchange, M1, LATE)
    assert oldest is not None
    assert WINDOW.start < oldest < WINDOW.end
    assert merge(part for page in pages for part in page.unreachable) == [
        Interval(WINDOW.start, oldest)
    ]
    assert [row[0] for row in rows_of(pages)] == list(M1.opens(Interval(oldest, WINDOW.end)))
    assert not any(page.absent for page in pages)


@each_gate
async def test_what_passed_and_is_left_out_is_unreachable_and_what_came_is_kept(
    simulator: Simulator, exchange: Exchange
) -> None:
    # It answers just in time, without some rows: of those that have passed nobody knows.
    holes = [
        Interval(PASSED - 9 * MINUTE, PASSED + 2 * MINUTE),
        Interval(PASSED + 5 * MINUTE, PASSED + 6 * MINUTE),
    ]
    for hole in holes:
        simulator.faults.add(Fault(FaultKind.MISSING_ROWS, exchange=exchange, interval=hole))
    (page,) = await late(simulator, exchange, NOW)
    assert page.unreachable == [Interval(holes[0].start, PASSED)]
    assert page.absent == [Interval(PASSED, holes[0].end), holes[1]]
    assert page.rows[0][0] == WINDOW.start


async def test_a_refusal_without_a_reason_is_told(simulator: Simulator) -> None:
    exchange = Exchange.GATEIO_SPOT
    simulator.clock.freeze(LATE)

    async def clock() -> int:
        return NOW

    async with simulated(simulator) as exchanges:
        exchanges[exchange].clock = clock  # type: ignore[method-assign]
        with pytest.raises(OutOfHorizon):
            await fetch(exchanges, btc(simulator, exchange), WINDOW)
