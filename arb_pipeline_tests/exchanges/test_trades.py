"""Trades fetched page by page are the simulator's, whatever the dialect and wherever pages meet."""

from __future__ import annotations

import math
import time
from collections import Counter
from itertools import pairwise

import pytest

from arb_pipeline.exchanges.catalog import capability
from arb_pipeline.exchanges.errors import NotSupported
from arb_pipeline.exchanges.trades import trade_pages
from arb_pipeline.exchanges.trades_sources import numbered
from arb_pipeline.model import DataSet, Exchange, Interval
from arb_pipeline.simulator import Simulator
from arb_pipeline_tests.exchanges.candle_pages import GRACE, instrument_of
from arb_pipeline_tests.exchanges.history_pages import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    clients,
    expected,
    fetch,
    market,
    present,
    rows_of,
    told,
    truth,
)

WHOLE = [
    Exchange.BINANCE_SPOT,
    Exchange.BINANCE_FUTURES,
    Exchange.MEXC_SPOT,
    Exchange.GATEIO_SPOT,
    Exchange.GATEIO_FUTURES,
]
BYBIT = [Exchange.BYBIT_SPOT, Exchange.BYBIT_FUTURES]
# Neither end is at a whole second; more than two pages of everybody's.
WINDOW = Interval(NOW - 5 * HOUR - 777_123, NOW - 3 * HOUR - 61)


@pytest.mark.parametrize("exchange", WHOLE)
async def test_every_trade_comes_once_and_exactly(simulator: Simulator, exchange: Exchange) -> None:
    one = market(simulator, exchange)
    pages, error = await fetch(simulator, one, WINDOW)
    assert error is None
    rows = rows_of(pages)
    known = truth(simulator, one, WINDOW)
    assert len(pages) > 2
    assert len(known) > 2400
    assert told(exchange, rows) == expected(exchange, known)
    assert present(pages) == [WINDOW]
    assert all(row[5] is (exchange is Exchange.MEXC_SPOT) for row in rows)
    assert len({row[4] if not row[5] else (row[0], row[4]) for row in rows}) == len(rows)
    assert sum(page.requests for page in pages) == sum(
        record.endpoint == "trades" for record in simulator.requests
    )


@pytest.mark.parametrize("exchange", WHOLE)
async def test_windows_that_part_a_millisecond_lose_and_double_nothing(
    simulator: Simulator, exchange: Exchange
) -> None:
    one = market(simulator, exchange)
    known = truth(simulator, one, Interval(NOW - 3 * HOUR, NOW - 2 * HOUR))
    (busiest, count), *_ = Counter(row[0] for row in known).most_common(1)
    assert count > 2
    whole = Interval(busiest - MINUTE, busiest + MINUTE)
    together, _ = await fetch(simulator, one, whole)
    for cut in (busiest, busiest + 1):
        parts = [Interval(whole.start, cut), Interval(cut, whole.end)]
        found = [(await fetch(simulator, one, part))[0] for part in parts]
        assert [row for pages in found for row in rows_of(pages)] == rows_of(together)


@pytest.mark.parametrize("exchange", WHOLE)
async def test_quiet_hours_are_known_to_be_quiet(simulator: Simulator, exchange: Exchange) -> None:
    simulator.clock.freeze(NOW)
    name = {
        Exchange.BINANCE_FUTURES: "BTCUSDT_261225",
        Exchange.GATEIO_SPOT: "ETH5L_USDT",
        Exchange.GATEIO_FUTURES: "T_USDT",
    }.get(exchange, "TUSDT")
    one = instrument_of(simulator, exchange, name)
    known = truth(simulator, one, Interval(NOW - DAY, NOW - HOUR))
    _, window = max(
        (after[0] - before[0], Interval(before[0] + 1, after[0]))
        for before, after in pairwise(known)
    )
    assert window.end - window.start > MINUTE
    pages, error = await fetch(simulator, one, window)
    assert error is None
    assert rows_of(pages) == []
    assert present(pages) == [window]


@pytest.mark.parametrize("exchange", [*WHOLE, *BYBIT])
async def test_what_may_still_change_is_stored_and_not_vouched_for(
    simulator: Simulator, exchange: Exchange
) -> None:
    one = market(simulator, exchange)
    window = Interval(NOW - 90_000, NOW + HOUR)
    began = time.monotonic()
    pages, error = await fetch(simulator, one, window)
    # The client's count of the exchange's clock goes on meanwhile.
    took = math.ceil((time.monotonic() - began) * 1000)
    assert error is None
    rows = rows_of(pages)
    newest = rows[-1][0]
    assert pages[-1].asked.end <= NOW + took - GRACE
    # Its own millisecond may go on; a trade after the last page may settle a little more.
    assert newest <= present(pages)[-1].end <= pages[-1].asked.end
    assert told(exchange, rows) == expected(
        exchange, truth(simulator, one, Interval(rows[0][0], pages[-1].asked.end))
    )


@pytest.mark.parametrize("exchange", BYBIT)
async def test_bybit_vouches_for_what_its_newest_trades_reach(
    simulator: Simulator, exchange: Exchange
) -> None:
    one = market(simulator, exchange)
    window = Interval(NOW - 3 * HOUR, NOW)
    (page,), error = await fetch(simulator, one, window)
    assert error is None
    size = capability(exchange, DataSet.TRADES).page_size
    known = truth(simulator, one, window)
    # The clock is the client's count of the exchange's: a trade of the last seconds is left out.
    oldest = known[-size][0]
    (reached,) = page.present
    assert reached.start == oldest + 1
    assert page.unreachable == [Interval(window.start, oldest + 1)]
    rows = rows_of([page])
    assert len(rows) > size * 0.8
    assert told(exchange, rows) == known[-size:][: len(rows)]
    assert page.requests == 1
    # The next poll begins where this one ended: an hour later the stretch between is gone.
    simulator.clock.freeze(NOW + HOUR)
    (later,), _ = await fetch(simulator, one, Interval(reached.end, NOW + HOUR))
    assert later.unreachable == [Interval(reached.end, later.present[0].start)]


async def test_gate_has_a_horizon_and_what_is_older_is_not_asked_for(simulator: Simulator) -> None:
    one = market(simulator, Exchange.GATEIO_SPOT)
    lost = Interval(NOW - 40 * DAY, NOW - 39 * DAY)
    pages, _ = await fetch(simulator, one, lost)
    assert [page.unreachable for page in pages] == [[lost]]
    assert not [record for record in simulator.requests if record.endpoint == "trades"]
    # At the far end everything that is claimed is there.
    window = Interval(NOW - 30 * DAY, NOW - 30 * DAY + HOUR)
    pages, _ = await fetch(simulator, one, window)
    (reached,) = present(pages)
    assert 0 < reached.start - window.start <= 10 * MINUTE
    assert [row[:5] for row in rows_of(pages)] == truth(simulator, one, reached)


@pytest.mark.parametrize("exchange", [Exchange.BINANCE_SPOT, Exchange.BINANCE_FUTURES])
async def test_binance_is_asked_little_before_a_market_began(
    simulator: Simulator, exchange: Exchange
) -> None:
    one = market(simulator, exchange)
    listed = simulator.listings.get(exchange, one.exchange_symbol).listed_at
    before = Interval(listed - 30 * DAY, listed - 29 * DAY)
    pages, _ = await fetch(simulator, one, before)
    assert rows_of(pages) == []
    assert present(pages) == [before]
    assert sum(page.requests for page in pages) == 2
    window = Interval(listed - DAY, listed + HOUR // 2)
    pages, _ = await fetch(simulator, one, window)
    assert [row[:5] for row in rows_of(pages)] == truth(simulator, one, window)
    assert present(pages) == [window]


def test_trades_without_ids_are_named_by_what_they_are() -> None:
    rows = [(5, "1.50", "2", "buy", "", True), (5, "1.5", "2.0", "buy", "", True)]
    rows += [(5, "1.5", "2", "sell", "", True), (6, "1.5", "2", "buy", "", True)]
    names = [row[4] for row in numbered(rows)]
    assert names == ["buy-1.5-2-0", "buy-1.5-2-1", "sell-1.5-2-0", "buy-1.5-2-0"]
    assert [row[1] for row in numbered(rows)] == ["1.50", "1.5", "1.5", "1.5"]


async def test_an_instrument_of_another_exchange_is_refused(simulator: Simulator) -> None:
    one = market(simulator, Exchange.MEXC_SPOT)
    async with clients(simulator) as exchanges:
        with pytest.raises(NotSupported, match="listed elsewhere"):
            async for _ in trade_pages(
                exchanges[Exchange.BINANCE_SPOT], one, WINDOW, grace_ms=GRACE
            ):
                pass
