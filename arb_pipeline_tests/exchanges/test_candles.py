"""Paging over the simulator, in all seven dialects."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from arb_pipeline.exchanges.candle_windows import closed_until, horizon
from arb_pipeline.exchanges.candles import candle_pages
from arb_pipeline.exchanges.catalog import capability
from arb_pipeline.exchanges.errors import NotSupported, UnknownSymbol
from arb_pipeline.model import (
    DAY_MS,
    TIMEFRAMES,
    DataSet,
    Exchange,
    Instrument,
    Interval,
    Timeframe,
)
from arb_pipeline.simulator import Simulator
from arb_pipeline_tests.exchanges.candle_pages import (
    GRACE,
    M1,
    MINUTE,
    NOW,
    btc,
    fetch,
    instrument_of,
    rows_of,
    simulated,
)

SPAN = 4000
SYMBOLS = {
    exchange: "人生K线_USDT"
    if exchange is Exchange.GATEIO_FUTURES
    else "币安人生USDT"
    if exchange.company.value in ("BINANCE", "MEXC")
    else "BTC_USDT"
    if exchange is Exchange.GATEIO_SPOT
    else "1INCHUSDT"
    for exchange in Exchange
}
Truth = dict[int, tuple[str, ...]]


@pytest.fixture
def recorded(simulator: Simulator, tmp_path: Path) -> Truth:
    """A recording with holes, listed everywhere, that ended an hour before the simulated now."""
    simulator.clock.freeze(NOW)
    end = NOW - NOW % MINUTE - 60 * MINUTE
    chance = random.Random(7)
    truth: Truth = {}
    for open_time in range(end - SPAN * MINUTE, end, MINUTE):
        if chance.random() < 0.02 and truth and open_time != end - MINUTE:
            continue
        price = chance.randrange(10**6, 10**7)
        texts = [f"0.{p:08d}" for p in (price, price + 9, price - 9, price + 1)]
        truth[open_time] = (*texts, f"{chance.randrange(1, 9999)}.{chance.randrange(999):03d}")
    path = tmp_path / "recording.csv"
    lines = [",".join([str(time), *values]) for time, values in truth.items()]
    path.write_text("\n".join(["open_time_ms,open,high,low,close,volume", *lines]) + "\n")
    simulator.replay_candles(path, "REC", "ETH")
    return truth


def recording_of(simulator: Simulator, exchange: Exchange) -> Instrument:
    separator = "_" if exchange.company.value == "GATEIO" else ""
    return instrument_of(simulator, exchange, f"REC{separator}ETH")


@pytest.mark.parametrize("exchange", Exchange)
async def test_every_candle_is_the_recorded_one_and_every_hole_is_confirmed(
    simulator: Simulator, recorded: Truth, exchange: Exchange
) -> None:
    window = Interval(min(recorded) - 10 * MINUTE, max(recorded) + 10 * MINUTE)
    async with simulated(simulator) as exchanges:
        pages = await fetch(exchanges, recording_of(simulator, exchange), window)
    assert {row[0]: row[1:6] for row in rows_of(pages)} == recorded
    holes = set(M1.opens(window)) - recorded.keys()
    absent = [open_time for page in pages for gap in page.absent for open_time in M1.opens(gap)]
    assert sorted(absent) == sorted(holes)
    size = capability(exchange, DataSet.CANDLES, "1m").page_size
    assert all(page.asked.end - page.asked.start == size * MINUTE for page in pages[:-1])
    # One request for a page, one more for its holes.
    asked = simulator.requests.select(endpoint="candles")
    assert len(asked) == sum(page.requests for page in pages)
    assert sum(page.requests for page in pages) == sum(1 + bool(page.absent) for page in pages)
    assert all(record.status == 200 for record in asked)


@pytest.mark.parametrize("exchange", Exchange)
async def test_seams_of_contiguous_pages_lose_and_double_nothing(
    simulator: Simulator, exchange: Exchange
) -> None:
    simulator.clock.freeze(NOW)
    window = Interval(NOW - 3 * DAY_MS + 12_345, NOW - DAY_MS + 54_321)  # aligned to nothing
    async with simulated(simulator) as exchanges:
        client_symbol = instrument_of(simulator, exchange, SYMBOLS[exchange])
        pages = await fetch(exchanges, client_symbol, window)
    assert [row[0] for row in rows_of(pages)] == list(M1.opens(window))
    assert all(page.requests == 1 and not page.absent and not page.rejected for page in pages)
    assert sum(len(page.rows) for page in pages) == 2 * 1440 + 1


@pytest.mark.parametrize("exchange", Exchange)
@pytest.mark.parametrize("timeframe", TIMEFRAMES.values(), ids=str)
async def test_every_timeframe(
    simulator: Simulator, exchange: Exchange, timeframe: Timeframe
) -> None:
    simulator.clock.freeze(NOW)
    window = Interval(NOW - 20 * timeframe.milliseconds, NOW)
    async with simulated(simulator) as exchanges:
        pages = await fetch(exchanges, btc(simulator, exchange), window, timeframe)
    closed = Interval(window.start, timeframe.floor(NOW - GRACE))
    assert [row[0] for row in rows_of(pages)] == list(timeframe.opens(closed))
    assert not any(page.rejected for page in pages)


@pytest.mark.parametrize("exchange", Exchange)
async def test_the_open_candle_is_left_out_until_the_exchanges_clock_closes_it(
    simulator: Simulator, exchange: Exchange
) -> None:
    year_ahead = NOW + 365 * DAY_MS
    opened = M1.floor(year_ahead)
    window = Interval(opened - 5 * MINUTE, opened + 10 * MINUTE)
    simulator.clock.freeze(opened + 30_000)
    async with simulated(simulator) as exchanges:
        pages = await fetch(exchanges, btc(simulator, exchange), window)
    assert pages[-1].asked.end == opened
    assert pages[-1].rows[-1][0] == opened - MINUTE
    simulator.clock.freeze(opened + MINUTE + 500)
    async with simulated(simulator) as exchanges:
        client, instrument = exchanges[exchange], btc(simulator, exchange)
        assert closed_until(M1, await client.clock(), 0) == opened + MINUTE
        assert closed_until(M1, await client.clock(), 30_000) == opened
        window = Interval(opened, opened + MINUTE)
        pages = [
            page async for page in candle_pages(client, instrument, M1, window, grace_ms=30_000)
        ]
    assert pages == []  # closed, but not for as long as the grace


@pytest.mark.parametrize("exchange", Exchange)
async def test_nothing_is_asked_of_the_future_or_of_an_empty_window(
    simulator: Simulator, exchange: Exchange
) -> None:
    simulator.clock.freeze(NOW)
    async with simulated(simulator) as exchanges:
        for window in (Interval(NOW, NOW + DAY_MS), Interval(NOW - DAY_MS, NOW - DAY_MS + 5)):
            assert await fetch(exchanges, btc(simulator, exchange), window) == []
    assert simulator.requests.select(endpoint="candles") == []


@pytest.mark.parametrize("exchange", [Exchange.GATEIO_SPOT, Exchange.GATEIO_FUTURES])
async def test_what_is_older_than_the_horizon_is_unreachable_and_not_asked_for(
    simulator: Simulator, exchange: Exchange
) -> None:
    simulator.clock.freeze(NOW)
    window = Interval(NOW - 20 * DAY_MS, NOW - 6 * DAY_MS)
    async with simulated(simulator) as exchanges:
        pages = await fetch(exchanges, btc(simulator, exchange), window)
    oldest = horizon(exchange, M1, NOW)
    assert oldest is not None
    assert NOW - 10_000 * MINUTE < oldest <= NOW - 9_990 * MINUTE
    assert pages[0].unreachable == [Interval(M1.ceil(window.start), oldest)]
    assert (pages[0].rows, pages[0].requests) == ((), 0)
    assert [row[0] for row in rows_of(pages)] == list(M1.opens(Interval(oldest, window.end)))
    assert simulator.requests.select(endpoint="candles")[0].start == oldest


@pytest.mark.parametrize("exchange", Exchange)
async def test_a_symbol_that_is_not_there_is_named_with_the_page(
    simulator: Simulator, exchange: Exchange
) -> None:
    simulator.clock.freeze(NOW)
    unknown = Instrument(9, exchange, "NOSUCHUSDT", "NOSUCH", "USDT")
    window = Interval(M1.floor(NOW) - DAY_MS, NOW)
    async with simulated(simulator) as exchanges:
        with pytest.raises(UnknownSymbol, match=f"{exchange} NOSUCHUSDT 1m .2026-") as caught:
            await fetch(exchanges, unknown, window)
    assert caught.value.interval is not None
    assert caught.value.interval.start == window.start
    assert len(simulator.requests.select(endpoint="candles")) == 1


async def test_an_instrument_of_another_exchange_is_not_asked_for(simulator: Simulator) -> None:
    instrument = instrument_of(simulator, Exchange.MEXC_SPOT, "BTCUSDT")
    async with simulated(simulator) as exchanges:
        client = exchanges[Exchange.BINANCE_SPOT]
        pages = candle_pages(client, instrument, M1, Interval(NOW - DAY_MS, NOW), grace_ms=0)
        with pytest.raises(NotSupported, match="listed elsewhere"):
            await anext(pages)
