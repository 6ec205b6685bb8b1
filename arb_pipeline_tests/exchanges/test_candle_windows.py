"""What can be asked for in any order, and what cannot."""

from __future__ import annotations

from itertools import pairwise

import pytest

from arb_pipeline.exchanges.candle_windows import SETTLED_AFTER_MS, horizon, independent_windows
from arb_pipeline.exchanges.catalog import capability
from arb_pipeline.model import DAY_MS, DataSet, Exchange, Interval
from arb_pipeline.simulator import Simulator
from arb_pipeline_tests.exchanges.candle_pages import M1, MINUTE, NOW, simulated


@pytest.mark.parametrize("exchange", Exchange)
@pytest.mark.parametrize("ends", [NOW - DAY_MS, NOW + DAY_MS], ids=["long over", "now"])
async def test_pieces_join_and_all_but_the_last_are_long_over(
    simulator: Simulator, exchange: Exchange, ends: int
) -> None:
    simulator.clock.freeze(NOW)
    window = Interval(NOW - 20 * DAY_MS + 12_345, ends)
    async with simulated(simulator) as exchanges:
        pieces = await independent_windows(exchanges[exchange], M1, window)
    assert (pieces[0].start, pieces[-1].end) == (M1.ceil(window.start), M1.ceil(ends))
    assert all(before.end == after.start for before, after in pairwise(pieces))
    size = capability(exchange, DataSet.CANDLES, "1m").page_size * MINUTE
    oldest = horizon(exchange, M1, NOW)
    if oldest is not None:
        assert abs(pieces[0].end - oldest) <= MINUTE  # what the exchange does not serve any more
        del pieces[0]
    assert {piece.end - piece.start for piece in pieces[:-1]} == {size}
    over = M1.floor(NOW - SETTLED_AFTER_MS)
    assert all(piece.end <= over + MINUTE for piece in pieces[:-1])
    # The rest is less than a page, and what is not settled yet.
    assert min(pieces[-1].end, over) - pieces[-1].start < size


async def test_nothing_is_cut_out_of_nothing(simulator: Simulator) -> None:
    simulator.clock.freeze(NOW)
    async with simulated(simulator) as exchanges:
        client = exchanges[Exchange.BINANCE_SPOT]
        assert await independent_windows(client, M1, Interval(NOW, NOW)) == []
        assert await independent_windows(client, M1, Interval(NOW + 1, NOW + 2)) == []
