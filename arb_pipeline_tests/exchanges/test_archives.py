"""Candles out of archives: the same as over REST, and REST wherever a file is missing or wrong."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from arb_pipeline.model import (
    DAY_MS,
    CandlePage,
    Company,
    Exchange,
    Instrument,
    Interval,
    merge,
)
from arb_pipeline.simulator import Fault, FaultKind, Simulator
from arb_pipeline_tests.exchanges.archive_files import (
    M5,
    MARCH,
    asked,
    fetched,
    instant,
    line,
    published,
    unzipped,
    with_archives,
    zipped,
)
from arb_pipeline_tests.exchanges.candle_pages import (
    btc,
    fetch,
    instrument_of,
    rows_of,
    simulated,
)
from arb_pipeline_tests.exchanges.scripted import Scripted

MARKETS = [Exchange.BINANCE_SPOT, Exchange.BINANCE_FUTURES]
SPOT = Exchange.BINANCE_SPOT
ALL = len(M5.opens(MARCH))


@pytest.fixture(autouse=True)
def may(simulator: Simulator) -> None:
    """So late that April is published as well."""
    simulator.clock.freeze(instant(2025, 5, 20))


async def over_rest(
    simulator: Simulator, instrument: Instrument, window: Interval = MARCH
) -> list[object]:
    async with simulated(simulator) as exchanges:
        found = rows_of(await fetch(exchanges, instrument, window, M5))
    simulator.requests.clear()
    return found


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


@pytest.mark.parametrize("exchange", MARKETS)
async def test_a_hole_is_absent_only_if_rest_says_so(
    simulator: Simulator, exchange: Exchange
) -> None:
    """T is traded in four minutes of ten: many candles of 5m are nowhere."""
    instrument = instrument_of(simulator, exchange, "TUSDT")
    simulator.listings.add(replace(simulator.listings.get(exchange, "TUSDT"), trading_permille=100))
    async with simulated(simulator) as exchanges:
        pages = await fetch(exchanges, instrument, MARCH, M5)
    async with with_archives(simulator) as exchanges:
        found = await fetched(exchanges, instrument)
    assert rows_of(found) == rows_of(pages)
    assert 0 < len(rows_of(found)) < ALL
    assert absent(found) == absent(pages) != []


def absent(pages: list[CandlePage]) -> list[Interval]:
    return merge(part for page in pages for part in page.absent)


async def test_what_only_the_file_lacks_or_spoils_is_healed_over_rest(
    simulator: Simulator, script: Scripted
) -> None:
    """A day is gone, as in files of Binance's; another row is no candle."""
    instrument = btc(simulator, SPOT)
    expected = await over_rest(simulator, instrument)
    path = "/data/spot/monthly/klines/BTCUSDT/5m/BTCUSDT-5m-2025-03.zip"
    outcome = simulator.service.answer("binance-archive", "GET", path, {}, {})
    assert outcome is not None
    lines = unzipped(outcome.reply.body)
    lines[5000] = lines[5000].replace(lines[5000].split(",")[1], "n/a", 1)
    gone = Interval(MARCH.start + 9 * DAY_MS, MARCH.start + 10 * DAY_MS)
    kept = [one for one in lines if not gone.start <= int(one.split(",")[0]) // 1000 < gone.end]
    script.say(lambda request: published(request, zipped(*kept)))
    simulator.requests.clear()
    async with with_archives(simulator, script.url) as exchanges:
        pages = await fetched(exchanges, instrument)
    assert rows_of(pages) == expected
    assert not any(page.absent for page in pages)
    (refused,) = [rejection for page in pages for rejection in page.rejected]
    assert (refused.reason, refused.timestamp) == (
        "open is 'n/a', not a number", MARCH.start + 5000 * M5.milliseconds,
    )  # fmt: skip
    holes = simulator.requests.select(endpoint="candles")
    broken = MARCH.start + 5000 * M5.milliseconds
    assert [(hole.start, hole.limit) for hole in holes] == [(gone.start, 288), (broken, 1)]


async def test_a_file_in_no_order_is_not_taken(
    simulator: Simulator, script: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    instrument = btc(simulator, SPOT)
    expected = await over_rest(simulator, instrument)
    lines = [line(MARCH.start + 300_000), line(MARCH.start)]
    script.say(lambda request: published(request, zipped(*lines)))
    async with with_archives(simulator, script.url) as exchanges:
        assert rows_of(await fetched(exchanges, instrument)) == expected
    assert "not in the order of time; REST is asked for the rest" in caplog.text
