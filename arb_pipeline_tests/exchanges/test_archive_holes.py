"""What files of the archive lack or spoil: REST has the last word on it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from aiohttp import web

from arb_pipeline.model import (
    DAY_MS,
    CandlePage,
    Exchange,
    Interval,
    merge,
)
from arb_pipeline.simulator import Simulator
from arb_pipeline_tests.exchanges.archive_files import (
    ALL,
    M5,
    MARCH,
    MARKETS,
    SPOT,
    fetched,
    line,
    may,
    over_rest,
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

__all__ = ["may"]


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


@pytest.mark.parametrize("what", ["zip", "CHECKSUM"])
async def test_the_file_of_another_symbol_is_not_taken(
    simulator: Simulator, script: Scripted, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    """Whole, with a checksum of its own: nothing in its rows tells."""
    instrument = btc(simulator, SPOT)
    expected = await over_rest(simulator, instrument)
    name = "ETHUSDT-5m-2025-03.csv" if what == "zip" else "BTCUSDT-5m-2025-03.csv"
    file = zipped(*(line(time) for time in M5.opens(MARCH)), names=(name,))

    async def answer(request: web.Request) -> web.Response:
        found = await published(request, file)
        if request.path.endswith(what) and what == "CHECKSUM":
            found.text = str(found.text).replace("BTCUSDT", "ETHUSDT")
        return found

    script.say(answer)
    async with with_archives(simulator, script.url) as exchanges:
        assert rows_of(await fetched(exchanges, instrument)) == expected
    assert ("it holds ETHUSDT" if what == "zip" else "that of another file") in caplog.text
