"""Settled funding comes exactly, to the millisecond, with the hours between payments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from arb_pipeline.exchanges.errors import NotSupported
from arb_pipeline.exchanges.funding_history import funding_pages, with_hours
from arb_pipeline.model import Exchange, HistoryPage, Instrument, Interval
from arb_pipeline.simulator import Fault, FaultKind, Simulator
from arb_pipeline.simulator.funding import settled
from arb_pipeline_tests.exchanges.candle_pages import instrument_of
from arb_pipeline_tests.exchanges.history_pages import (
    DAY,
    HOUR,
    NOW,
    fetch,
    market,
    present,
    rows_of,
)

FUTURES = [Exchange.BINANCE_FUTURES, Exchange.BYBIT_FUTURES, Exchange.GATEIO_FUTURES]
each_exchange = pytest.mark.parametrize("exchange", FUTURES)


async def funding(
    simulator: Simulator, one: Instrument, window: Interval
) -> tuple[list[HistoryPage], Exception | None]:
    return await fetch(simulator, one, window, funding_pages)


def paid(simulator: Simulator, one: Instrument, window: Interval) -> list[tuple[int, str]]:
    listed = simulator.listings.get(one.exchange, one.exchange_symbol)
    return settled(listed, window.start, window.end - 1)


@each_exchange
@pytest.mark.parametrize(("name", "hours", "days"), [("BTC", "8", 400), ("4", "1", 60)])
async def test_every_payment_comes_once_with_its_interval(
    simulator: Simulator, exchange: Exchange, name: str, hours: str, days: int
) -> None:
    simulator.clock.freeze(NOW)
    separator = "_" if exchange is Exchange.GATEIO_FUTURES else ""
    one = instrument_of(simulator, exchange, f"{name}{separator}USDT")
    window = Interval(NOW - days * DAY, NOW - DAY)
    pages, error = await funding(simulator, one, window)
    assert error is None
    rows = rows_of(pages)
    assert [row[:2] for row in rows] == paid(simulator, one, window)
    assert len(rows) > 1000
    assert {row[2] for row in rows} == {hours}
    assert present(pages) == [window]
    is_told = exchange is Exchange.BINANCE_FUTURES
    assert all((row[3] is not None) is is_told for row in rows)
    if is_told:
        assert any(row[0] % HOUR for row in rows)  # times jitter, and are kept


@each_exchange
async def test_rows_do_not_depend_on_where_pages_meet(
    simulator: Simulator, exchange: Exchange
) -> None:
    one = market(simulator, exchange)
    middle = NOW - NOW % (8 * HOUR) - 5 * DAY
    window = Interval(middle - 5 * DAY, middle + 4 * DAY)
    whole = rows_of((await funding(simulator, one, window))[0])
    for cut in (middle, middle + 1, middle + HOUR):
        halves = [Interval(window.start, cut), Interval(cut, window.end)]
        rows = [r for half in halves for r in rows_of((await funding(simulator, one, half))[0])]
        assert rows == whole


@each_exchange
async def test_a_payment_that_can_not_be_read_is_refused_and_its_moment_not_claimed(
    simulator: Simulator, exchange: Exchange
) -> None:
    one = market(simulator, exchange)
    window = Interval(NOW - 3 * DAY, NOW - DAY)
    field = "r" if exchange is Exchange.GATEIO_FUTURES else "fundingRate"
    simulator.faults.add(
        Fault(FaultKind.SET_FIELD, endpoint="funding_history", field_name=field, value="?")
    )
    pages, error = await funding(simulator, one, window)
    assert error is None
    assert rows_of(pages) == []
    # Those of the day before, asked for to know the hours, belong to nobody here.
    inside = [one.timestamp or 0 for page in pages for one in page.rejected]
    assert sorted(inside) == [time for time, _ in paid(simulator, one, window)]
    assert not any(part.start <= time < part.end for part in present(pages) for time in inside)


async def test_the_newest_payments_are_there_and_not_yet_vouched_for(simulator: Simulator) -> None:
    one = market(simulator, Exchange.BYBIT_FUTURES)
    payment = NOW - NOW % (8 * HOUR)
    simulator.clock.freeze(payment + 5_000)
    pages, _ = await funding(simulator, one, Interval(payment - DAY, payment + DAY))
    assert rows_of(pages)[-1][0] == payment
    assert present(pages)[-1].end <= payment


async def test_spot_pays_no_funding(simulator: Simulator) -> None:
    one = market(simulator, Exchange.BINANCE_SPOT)
    pages, error = await funding(simulator, one, Interval(NOW - DAY, NOW))
    assert not pages
    assert isinstance(error, NotSupported)


@pytest.mark.parametrize(
    ("times", "hours"),
    [
        ([0, 8 * HOUR, 16 * HOUR + 17], [None, "8", "8"]),
        ([0, 4 * HOUR - 20, 8 * HOUR, 9 * HOUR], [None, "4", "4", "1"]),
        ([0, 16 * HOUR, 17 * HOUR + HOUR // 2], [None, None, None]),  # one is missing
    ],
)
def test_hours_are_the_usual_distance_to_the_payment_before(
    times: Sequence[int], hours: Sequence[Any]
) -> None:
    assert [row[2] for row in with_hours([(time, "0", None, None) for time in times])] == hours
