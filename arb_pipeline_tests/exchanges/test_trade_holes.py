"""Trades an exchange leaves out: ids tell of them, wherever they are, and nothing claims them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from arb_pipeline.exchanges.trades import trade_pages
from arb_pipeline.model import Exchange, HistoryPage, Interval, merge
from arb_pipeline.simulator import Fault, FaultKind, Simulator
from arb_pipeline_tests.exchanges.candle_pages import instrument_of
from arb_pipeline_tests.exchanges.history_pages import (
    HOUR,
    NOW,
    fetch,
    market,
    present,
    rows_of,
    truth,
)

START = NOW - 60 * HOUR
# Ids from 1000 on: several trades in a millisecond, neighbours, an hour's silence, a day's.
TIMES = [0, 0, 0, 1, 2, 2, 2, 9, 9, 10, 3 * HOUR // 2, 3 * HOUR // 2 + 1, 30 * HOUR, 31 * HOUR]


async def holes(
    simulator: Simulator, path: Path, window: tuple[int, int], gone: Sequence[int]
) -> tuple[list[int], list[Interval], list[Interval]]:
    """Ids that came, and what is absent and present, by the times above."""
    rows = "".join(f"{1000 + n},{START + time},buy,1.5,1\n" for n, time in enumerate(TIMES))
    file = path / "trades.csv"
    file.write_text(f"trade_id,time_ms,taker_side,price,quantity\n999,{START - 5},buy,1,1\n{rows}")
    simulator.replay_trades(file, "XRP", "ETH")
    simulator.clock.freeze(NOW)
    for number in gone:
        kind, row = FaultKind.DROP_ROW, str(1000 + number)
        simulator.faults.add(Fault(kind, endpoint="trades", row_of=row))
    one = instrument_of(simulator, Exchange.BINANCE_SPOT, "XRPETH")
    asked = Interval(START + window[0], START + window[1])
    pages, error = await fetch(simulator, one, asked)
    assert error is None
    assert not any(page.unreachable for page in pages)
    absent = merge(part for page in pages for part in page.absent)
    assert merge([*absent, *present(pages)]) == [asked]
    return [int(row[4]) - 1000 for row in rows_of(pages)], absent, present(pages)


@pytest.mark.parametrize(
    ("window", "gone", "absent"),
    [
        ((-3, 20), [1], (0, 1)),  # between trades of its own millisecond
        ((-3, 20), [3], (0, 3)),  # alone in its millisecond, between neighbours
        ((-3, 20), [4, 5, 6], (1, 10)),
        ((0, 20), [1], (0, 1)),  # the first millisecond of a window
        ((0, 20), [0], (0, 1)),  # the first trade of a window
        ((2, 20), [3], (2, 3)),  # the last before a window may be the first of it
        ((0, 9), [7], (2, 9)),  # the last of a window
        ((5, HOUR), [7, 8, 9], (5, HOUR)),  # everything of a window of an hour
        ((HOUR, 30 * HOUR), [10, 11], (HOUR, 30 * HOUR)),  # and of one longer than a day
    ],
)
async def test_what_may_lie_where_an_id_is_missing_is_absent(
    simulator: Simulator,
    tmp_path: Path,
    window: tuple[int, int],
    gone: list[int],
    absent: tuple[int, int],
) -> None:
    found, holes_found, _ = await holes(simulator, tmp_path, window, gone)
    assert found == [
        n for n, time in enumerate(TIMES) if window[0] <= time < window[1] and n not in gone
    ]
    assert holes_found == [Interval(START + absent[0], START + absent[1])]


@pytest.mark.parametrize(
    "window", [(3, 9), (11, HOUR), (11, 3 * HOUR // 2), (2 * HOUR, 30 * HOUR), (3 * HOUR, 4 * HOUR)]
)
async def test_silence_that_ids_prove_is_present(
    simulator: Simulator, tmp_path: Path, window: tuple[int, int]
) -> None:
    found, absent, claimed = await holes(simulator, tmp_path, window, [])
    assert (found, absent) == ([], [])
    assert claimed == [Interval(START + window[0], START + window[1])]
    assert len(simulator.requests.select(endpoint="trades")) < 15


async def test_a_refused_row_does_not_say_how_far_back_a_list_reaches(simulator: Simulator) -> None:
    one = market(simulator, Exchange.BYBIT_FUTURES)
    window = Interval(NOW - 3 * HOUR, NOW)
    (whole,), _ = await fetch(simulator, one, window)
    middle = whole.rows[len(whole.rows) // 2]
    for field, value in (("time", str(NOW - 24 * HOUR)), ("price", "n/a")):
        kind = FaultKind.SET_FIELD
        simulator.faults.add(
            Fault(kind, endpoint="trades", row_of=middle[4], field_name=field, value=value)
        )
    (page,), _ = await fetch(simulator, one, window)
    assert [refused.timestamp for refused in page.rejected] == [NOW - 24 * HOUR]
    assert page.unreachable == whole.unreachable
    assert page.present[0].start == whole.present[0].start


async def test_a_horizon_that_passes_while_a_request_waits_leaves_no_false_silence(
    simulator: Simulator,
) -> None:
    one = market(simulator, Exchange.GATEIO_SPOT)
    window = Interval(NOW - 30 * 24 * HOUR, NOW - 30 * 24 * HOUR + HOUR // 2)
    late = NOW + 20 * 60_000

    async def waiting(client: Any, *args: Any, grace_ms: int) -> AsyncIterator[HistoryPage]:
        # The exchange's clock as it goes on between looking at it and being answered.
        looks = iter([NOW] * 2)

        async def clock() -> int:
            return next(looks, late)

        simulator.clock.freeze(late)
        client.clock = clock
        async for page in trade_pages(client, *args, grace_ms=grace_ms):
            yield page

    pages, error = await fetch(simulator, one, window, waiting)
    assert error is None
    (claimed,) = present(pages)
    assert claimed.start >= window.start + 20 * 60_000
    assert [row[:5] for row in rows_of(pages)] == truth(simulator, one, claimed)
    lost = merge(part for page in pages for part in page.unreachable)
    assert lost == [Interval(window.start, claimed.start)]
