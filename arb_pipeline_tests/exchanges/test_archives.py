"""Candles out of archives: the same as over REST, and REST wherever a file is missing or wrong."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from arb_pipeline.model import (
    DAY_MS,
    Company,
    Exchange,
    Interval,
)
from arb_pipeline.simulator import Fault, FaultKind, Simulator
from arb_pipeline_tests.exchanges.archive_files import (
    ALL,
    M5,
    MARCH,
    MARKETS,
    SPOT,
    asked,
    fetched,
    instant,
    may,
    over_rest,
    with_archives,
)
from arb_pipeline_tests.exchanges.candle_pages import (
    btc,
    rows_of,
)

__all__ = ["may"]


@pytest.mark.parametrize("exchange", MARKETS)
@pytest.mark.parametrize("month", [MARCH, Interval(instant(2024, 12), instant(2025, 1))])
async def test_a_month_is_the_same_as_over_rest_for_two_requests(
    simulator: Simulator, exchange: Exchange, month: Interval
) -> None:
    instrument = btc(simulator, exchange)
    expected = await over_rest(simulator, instrument, month)
    async with with_archives(simulator) as exchanges:
        pages = await fetched(exchanges, instrument, month)
        assert exchanges[exchange].counters.requests == 1  # the clock; the budget knows no other
    assert rows_of(pages) == expected
    assert (pages[0].asked.start, pages[-1].asked.end) == (month.start, month.end)
    assert not any(page.rejected or page.absent for page in pages)
    assert pages[0].requests == sum(page.requests for page in pages) == 2
    assert [asked(simulator, name) for name in ("archives", "archive_checksums")] == [1, 1]
    assert asked(simulator, "candles") == 0


async def test_ends_that_are_no_months_come_over_rest(simulator: Simulator) -> None:
    """February too little of it, March and most of April; May is not published yet."""
    window = Interval(instant(2025, 2, 24), instant(2025, 5, 4))
    instrument = btc(simulator, SPOT)
    expected = await over_rest(simulator, instrument, window)
    async with with_archives(simulator) as exchanges:
        pages = await fetched(exchanges, instrument, window)
    assert rows_of(pages) == expected
    assert pages[-1].asked.end == window.end
    months = [record.start for record in simulator.requests.select(endpoint="archives")]
    assert months == [MARCH.start, MARCH.end]
    rest = [record.start or 0 for record in simulator.requests.select(endpoint="candles")]
    assert all(start < MARCH.start or start >= instant(2025, 5) for start in rest)


@pytest.mark.parametrize("days", [(2, 17), (15, 31)])
async def test_a_good_part_of_a_month_is_cut_out_of_its_file(
    simulator: Simulator, days: tuple[int, int]
) -> None:
    first, last = (MARCH.start + day * DAY_MS for day in days)
    window = Interval(first + 7 * M5.milliseconds, last)
    instrument = btc(simulator, SPOT)
    expected = await over_rest(simulator, instrument, window)
    async with with_archives(simulator) as exchanges:
        assert rows_of(await fetched(exchanges, instrument, window)) == expected
    assert asked(simulator, "archives") == 1


@pytest.mark.parametrize("fault", [
    Fault(FaultKind.WRONG_CHECKSUM),
    Fault(FaultKind.TRUNCATED_JSON_200, endpoint="archives"),
    Fault(FaultKind.HTML_200, endpoint="archive_checksums"),
    Fault(FaultKind.EMPTY_BODY_200, endpoint="archives"),
], ids=lambda fault: f"{fault.kind} {fault.endpoint}")  # fmt: skip
async def test_an_unverified_file_is_tried_again_and_then_refused(
    simulator: Simulator, caplog: pytest.LogCaptureFixture, fault: Fault
) -> None:
    instrument = btc(simulator, SPOT)
    expected = await over_rest(simulator, instrument)
    for times in (1, None):
        simulator.requests.clear()
        caplog.clear()
        simulator.faults.add(replace(fault, times=times))
        async with with_archives(simulator) as exchanges:
            pages = await fetched(exchanges, instrument)
        assert rows_of(pages) == expected
        refused = [r.getMessage() for r in caplog.records if "Refused" in r.getMessage()]
        if times == 1:
            assert (asked(simulator, "candles"), refused) == (0, [])
            assert asked(simulator, "archive_checksums") == 2
        else:
            assert asked(simulator, "archive_checksums") == 3  # every attempt
            assert asked(simulator, "candles") == -(-ALL // 1000)
            (message,) = refused
            assert "BINANCE_SPOT archive BTCUSDT-5m-2025-03.zip: Refused" in message
            assert "3 attempts" in message
            assert "REST is asked" in message


@pytest.mark.parametrize("kind", [FaultKind.RESET, FaultKind.FORBIDDEN_403])
async def test_an_archive_that_does_not_answer_is_left_alone(
    simulator: Simulator, caplog: pytest.LogCaptureFixture, kind: FaultKind
) -> None:
    window = Interval(instant(2025, 2), MARCH.end)
    instrument = btc(simulator, SPOT)
    expected = await over_rest(simulator, instrument, window)
    simulator.faults.add(Fault(kind, endpoint="archive_checksums"))
    async with with_archives(simulator) as exchanges:
        assert rows_of(await fetched(exchanges, instrument, window)) == expected
    attempts = 1 if kind is FaultKind.FORBIDDEN_403 else 3
    assert asked(simulator, "archive_checksums") == attempts
    warned = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert len([message for message in warned if "left alone" in message]) == 1


async def test_without_a_file_rest_is_asked(
    simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "arb_pipeline.exchanges")
    simulator.clock.freeze(MARCH.end + 9 * DAY_MS)
    instrument = btc(simulator, SPOT)
    expected = await over_rest(simulator, instrument)
    simulator.faults.add(Fault(FaultKind.ERROR_JSON, endpoint="archive_checksums"))  # 404
    async with with_archives(simulator) as exchanges:
        assert rows_of(await fetched(exchanges, instrument)) == expected
    assert asked(simulator, "archive_checksums") == 1
    assert "no archive of BINANCE_SPOT BTCUSDT 5m" in caplog.text


async def test_a_month_that_may_not_be_published_yet_is_not_looked_for(
    simulator: Simulator,
) -> None:
    simulator.clock.freeze(MARCH.end + 8 * DAY_MS - 60_000)
    async with with_archives(simulator) as exchanges:
        pages = await fetched(exchanges, btc(simulator, SPOT))
    assert len(rows_of(pages)) == ALL
    assert asked(simulator, "archive_checksums") == asked(simulator, "archives") == 0


async def test_other_exchanges_have_no_archives(simulator: Simulator) -> None:
    async with with_archives(simulator) as exchanges:
        assert {e for e in Exchange if exchanges[e].archives is not None} == set(MARKETS)
        assert {e.company for e in MARKETS} == {Company.BINANCE}
