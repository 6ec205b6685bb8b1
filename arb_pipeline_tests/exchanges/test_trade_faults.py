"""What goes wrong while trades are fetched loses nothing silently and claims nothing falsely."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from arb_pipeline.exchanges.errors import Transient, UnknownSymbol
from arb_pipeline.exchanges.trades import trade_pages
from arb_pipeline.model import Exchange, HistoryPage, Interval, subtract
from arb_pipeline.simulator import Fault, FaultKind, Simulator
from arb_pipeline_tests.exchanges.candle_pages import instrument_of
from arb_pipeline_tests.exchanges.history_pages import (
    HOUR,
    MINUTE,
    NOW,
    fetch,
    market,
    present,
    rows_of,
    truth,
)

WINDOW = Interval(NOW - 5 * HOUR - 777_123, NOW - 3 * HOUR - 61)
# Which field of a trade holds its price, and which its id.
FIELDS = {
    Exchange.BINANCE_SPOT: "p",
    Exchange.GATEIO_SPOT: "price",
    Exchange.GATEIO_FUTURES: "price",
    Exchange.MEXC_SPOT: "p",
}
each_dialect = pytest.mark.parametrize("exchange", FIELDS)


def broken(kind: FaultKind, **more: object) -> Fault:
    return Fault(kind, endpoint="trades", **more)  # type: ignore[arg-type]


@each_dialect
@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.HTTP_500,
        FaultKind.HTML_200,
        FaultKind.TRUNCATED_JSON_200,
        FaultKind.EMPTY_LIST_200,
        FaultKind.EMPTY_OBJECT_200,
        FaultKind.SHORT_BODY,
    ],
)
async def test_an_answer_that_breaks_once_changes_nothing(
    simulator: Simulator, exchange: Exchange, kind: FaultKind
) -> None:
    one = market(simulator, exchange)
    window = Interval(WINDOW.start, WINDOW.start + HOUR // 2)
    undisturbed, _ = await fetch(simulator, one, window)
    simulator.faults.add(broken(kind, times=1))
    pages, error = await fetch(simulator, one, window)
    assert error is None
    assert rows_of(pages) == rows_of(undisturbed)
    assert present(pages) == [window]


@each_dialect
async def test_pages_before_one_that_fails_stay_and_the_rest_is_named(
    simulator: Simulator, exchange: Exchange
) -> None:
    one = market(simulator, exchange)
    whole, _ = await fetch(simulator, one, WINDOW)

    async def failing_later(*args: Any, grace_ms: int) -> AsyncIterator[HistoryPage]:
        async for page in trade_pages(*args, grace_ms=grace_ms):
            simulator.faults.add(broken(FaultKind.HTTP_500))
            yield page

    pages, error = await fetch(simulator, one, WINDOW, failing_later)
    assert isinstance(error, Transient)
    assert error.interval is not None
    kept, end = rows_of(pages), error.interval.start
    assert WINDOW.start < end == pages[-1].asked.end
    assert kept == [row for row in rows_of(whole) if row[0] < end]
    assert present(pages) == [Interval(WINDOW.start, end)]
    # The rest is fetched later, and all is there.
    simulator.faults.clear()
    rest, _ = await fetch(simulator, one, Interval(end, WINDOW.end))
    assert [*kept, *rows_of(rest)] == rows_of(whole)


@each_dialect
async def test_a_row_that_is_no_trade_is_refused_by_name_and_its_moment_not_claimed(
    simulator: Simulator, exchange: Exchange
) -> None:
    one = market(simulator, exchange)
    window = Interval(WINDOW.start, WINDOW.start + HOUR // 2)
    known = truth(simulator, one, window)
    whole = rows_of((await fetch(simulator, one, window))[0])
    victim = known[len(known) // 3]
    # A whole answer's prices where rows have no ids to be named by.
    by_name = None if exchange is Exchange.MEXC_SPOT else victim[4]
    simulator.faults.add(
        broken(FaultKind.SET_FIELD, row_of=by_name, field_name=FIELDS[exchange], value="n/a")
    )
    pages, error = await fetch(simulator, one, window)
    assert error is None
    refused = [one for page in pages for one in page.rejected]
    assert {one.reason for one in refused} == {f"{FIELDS[exchange]} is 'n/a', not a number"}
    claimed = present(pages)
    assert not any(part.start <= victim[0] < part.end for part in claimed)
    if by_name is not None:
        assert [one.timestamp for one in refused] == [victim[0]]
        assert [row for row in whole if row[4] != victim[4]] == rows_of(pages)
        assert sum(part.end - part.start for part in claimed) >= (window.end - window.start) * 0.99


@pytest.mark.parametrize("exchange", [Exchange.BINANCE_SPOT, Exchange.BINANCE_FUTURES])
async def test_an_id_the_exchange_leaves_out_is_asked_for_again_then_absent(
    simulator: Simulator, exchange: Exchange
) -> None:
    one = market(simulator, exchange)
    window = Interval(WINDOW.start, WINDOW.start + HOUR // 2)
    whole = rows_of((await fetch(simulator, one, window))[0])
    place = next(
        n for n in range(200, 400) if whole[n - 1][0] + 1 < whole[n][0] < whole[n + 1][0] - 1
    )
    before, gone, after = whole[place - 1 : place + 2]
    fault = broken(FaultKind.DROP_ROW, row_of=gone[4])
    simulator.faults.add(fault)
    pages, _ = await fetch(simulator, one, window)
    # It may be of the very millisecond of a neighbour, too.
    hole = Interval(before[0], after[0] + 1)
    assert rows_of(pages) == [row for row in whole if row != gone]
    assert [part for page in pages for part in page.absent] == [hole]
    assert present(pages) == [Interval(window.start, hole.start), Interval(hole.end, window.end)]
    # Left out once only, it is healed by asking again.
    simulator.faults.clear()
    simulator.faults.add(broken(FaultKind.DROP_ROW, row_of=gone[4], times=3))
    pages, _ = await fetch(simulator, one, window)
    assert rows_of(pages) == whole
    assert present(pages) == [window]


async def test_the_first_trades_of_a_window_can_not_be_left_out(simulator: Simulator) -> None:
    one = market(simulator, Exchange.BINANCE_SPOT)
    window = Interval(WINDOW.start, WINDOW.start + MINUTE)
    whole = rows_of((await fetch(simulator, one, window))[0])
    # The search by time misses the first two; the page by id has them.
    for row in whole[:2]:
        simulator.faults.add(broken(FaultKind.DROP_ROW, row_of=row[4], interval=window))
    pages, _ = await fetch(simulator, one, window)
    assert rows_of(pages) == whole
    assert present(pages) == [window]


async def test_an_unknown_symbol_is_named(simulator: Simulator) -> None:
    simulator.clock.freeze(NOW)
    one = instrument_of(simulator, Exchange.MEXC_SPOT, "BTCUSDT")
    simulator.faults.add(broken(FaultKind.ERROR_JSON))
    pages, error = await fetch(simulator, one, WINDOW)
    assert not pages
    assert isinstance(error, UnknownSymbol)
    assert "BTCUSDT trades" in str(error)


@pytest.mark.parametrize("kind", [FaultKind.SET_FIELD, FaultKind.DROP_ROW])
async def test_bybits_empty_list_vouches_for_nothing(simulator: Simulator, kind: FaultKind) -> None:
    one = market(simulator, Exchange.BYBIT_SPOT)
    symbol = "BTCUSDT" if kind is FaultKind.DROP_ROW else None
    simulator.faults.add(broken(kind, row_of=symbol, field_name="list", value=[]))
    (page,), _ = await fetch(simulator, one, Interval(NOW - HOUR, NOW))
    assert (page.present, page.unreachable, list(page.rows)) == ([], [], [])
    assert page.requests == 2


@pytest.mark.parametrize("count", [100, 998, 1000])
async def test_as_many_trades_in_one_instant_as_a_page_holds(
    simulator: Simulator, tmp_path: Path, count: int
) -> None:
    time = NOW - HOUR
    rows = "".join(f"{n},{time},buy,1.5,{1 + n % 3}\n" for n in range(1, count + 1))
    path = tmp_path / "trades.csv"
    header = "trade_id,time_ms,taker_side,price,quantity\n"
    path.write_text(f"{header}{rows}{count + 1},{time + 1},sell,1.5,2\n")
    simulator.replay_trades(path, "XRP", "ETH")
    simulator.clock.freeze(NOW)
    one = instrument_of(simulator, Exchange.MEXC_SPOT, "XRPETH")
    window = Interval(time, time + 60)
    pages, error = await fetch(simulator, one, window)
    assert error is None
    found = rows_of(pages)
    # The millisecond after it is asked for with it, and takes a place of the page.
    assert len({row[4] for row in found[:-1]}) == len(found) - 1 == min(count, 999)
    instant = Interval(time, time + 1)
    # A full page may not be all there was; a round number alone is no reason to think so.
    lost = [part for page in pages for part in page.unreachable]
    assert lost == ([instant] if count == 1000 else [])
    assert present(pages) == subtract(window, lost)
