"""Rows that are refused, and rows that are not there: what stays missing and what is absent."""

from __future__ import annotations

import pytest
from aiohttp import web

from arb_pipeline.exchanges import Exchanges
from arb_pipeline.model import Exchange, Instrument, Interval
from arb_pipeline.simulator import Fault, FaultKind, Simulator
from arb_pipeline_tests.exchanges.candle_pages import (
    DIALECTS,
    M1,
    MIDDLE,
    MINUTE,
    NOW,
    OPENS,
    fetch,
    pages_under,
    rows_of,
    wire_rows,
)
from arb_pipeline_tests.exchanges.scripted import Scripted, reply


@pytest.mark.parametrize("exchange", DIALECTS)
@pytest.mark.parametrize("variant", ["null", "short", "nan", "text"])
async def test_a_lasting_malformed_row_stays_missing_and_is_kept(
    simulator: Simulator, exchange: Exchange, variant: str
) -> None:
    place = Interval(MIDDLE, MIDDLE + MINUTE)
    fault = Fault(FaultKind.MALFORMED_ROW, exchange=exchange, interval=place, variant=variant)
    pages = await pages_under(simulator, exchange, fault)
    assert [r[0] for r in rows_of(pages)] == [o for o in OPENS if o != MIDDLE]
    assert not any(page.absent for page in pages)
    (refused,) = [refused for page in pages for refused in page.rejected]
    assert refused.timestamp == MIDDLE
    # A second answer of a single row that is malformed once more is no reason to call it absent.
    assert sum(page.requests for page in pages) == 2


@pytest.mark.parametrize("exchange", DIALECTS)
async def test_a_passing_malformed_row_is_healed_and_still_kept(
    simulator: Simulator, exchange: Exchange
) -> None:
    fault = Fault(FaultKind.MALFORMED_ROW, exchange=exchange, times=1)
    pages = await pages_under(simulator, exchange, fault)
    assert [r[0] for r in rows_of(pages)] == OPENS
    assert sum(len(page.rejected) for page in pages) == 1


@pytest.mark.parametrize("exchange", DIALECTS)
@pytest.mark.parametrize("times", [1, None])
async def test_contradicting_rows_refuse_each_other(
    simulator: Simulator, exchange: Exchange, times: int | None
) -> None:
    place = Interval(MIDDLE, MIDDLE + MINUTE)
    kind = FaultKind.CONFLICTING_DUPLICATE_ROWS
    fault = Fault(kind, exchange=exchange, interval=place, times=times)
    pages = await pages_under(simulator, exchange, fault)
    assert [r[0] for r in rows_of(pages)] == [o for o in OPENS if o != MIDDLE]
    assert not any(page.absent for page in pages)
    assert {r.reason for page in pages for r in page.rejected} == {
        "two different candles for one open time"
    }
    assert sum(len(page.rejected) for page in pages) == 2


@pytest.mark.parametrize("exchange", DIALECTS)
async def test_a_row_off_the_grid_stays_missing(simulator: Simulator, exchange: Exchange) -> None:
    place = Interval(MIDDLE, MIDDLE + MINUTE)
    fault = Fault(FaultKind.UNALIGNED_TIME, exchange=exchange, interval=place)
    pages = await pages_under(simulator, exchange, fault)
    assert [r[0] for r in rows_of(pages)] == [o for o in OPENS if o != MIDDLE]
    assert not any(page.absent for page in pages)


@pytest.mark.parametrize("exchange", DIALECTS)
async def test_a_lasting_hole_is_confirmed_absent(simulator: Simulator, exchange: Exchange) -> None:
    hole = Interval(MIDDLE, MIDDLE + 60 * MINUTE)
    fault = Fault(FaultKind.MISSING_DAY, exchange=exchange, interval=hole)
    pages = await pages_under(simulator, exchange, fault)
    assert [gap for page in pages for gap in page.absent] == [hole]


@pytest.mark.parametrize(("cap", "left"), [(300, 0), (100, 300)])
async def test_pages_cut_silently_are_gathered_and_what_is_left_is_missing_not_absent(
    exchanges: Exchanges, script: Scripted, cap: int, left: int
) -> None:
    """An exchange that sends fewer rows than it says, as MEXC does with 500 of 1000."""
    window = Interval(NOW - NOW % MINUTE - 5000 * MINUTE, NOW - NOW % MINUTE - 4000 * MINUTE)

    async def capped(request: web.Request) -> web.Response:
        if request.path.endswith("/time"):
            return reply({"serverTime": NOW})
        asked = Interval(int(request.query["startTime"]), int(request.query["endTime"]))
        return reply(wire_rows(Exchange.BINANCE_SPOT, list(M1.opens(asked))[:cap]))

    script.say(capped)
    instrument = Instrument(1, Exchange.BINANCE_SPOT, "BTCUSDT", "BTC", "USDT")
    (page,) = await fetch(exchanges, instrument, window)
    assert len(page.rows) == 1000 - left
    assert not page.absent
