"""Who trades with himself has two fills of one trade: both come, wherever answers meet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from arb_pipeline.exchanges.fills import fill_pages
from arb_pipeline.model import Exchange, Interval
from arb_pipeline.simulator import Fill, Simulator
from arb_pipeline_tests.exchanges.history_pages import DAY, HOUR, NOW, fetch, market, present
from arb_pipeline_tests.exchanges.history_pages import rows_of as rows_in

HOURS = Interval(NOW - 3 * DAY, NOW - 3 * DAY + 3 * HOUR)


def both_sides(fills: list[Fill]) -> list[Fill]:
    """Each fill, and the other side of the same trade."""
    return [
        side
        for one in fills
        for side in (
            replace(one, sold=False),
            replace(one, sold=True, order=one.order + 1, is_maker=not one.is_maker),
        )
    ]


@pytest.mark.parametrize("exchange", Exchange)
async def test_both_fills_of_a_trade_with_oneself_come_once(
    simulator: Simulator, exchange: Exchange
) -> None:
    one = market(simulator, exchange)
    made = both_sides(simulator.trade(exchange, one.exchange_symbol, HOURS, every=40))
    simulator.set_fills(exchange, one.exchange_symbol, made)
    pages, error = await fetch(simulator, one, HOURS, fill_pages, signed=True)
    assert error is None
    assert not [refused for page in pages for refused in page.rejected]
    found = [(row[4], row[3]) for row in rows_in(pages)]
    assert len(found) == len(made)
    assert set(found) == {(str(fill.number), "sell" if fill.sold else "buy") for fill in made}
    assert present(pages) == [HOURS]


@pytest.mark.parametrize("exchange", [Exchange.BINANCE_SPOT, Exchange.BINANCE_FUTURES])
async def test_a_page_that_ends_between_both_sides_loses_neither(
    simulator: Simulator, exchange: Exchange
) -> None:
    one = market(simulator, exchange)
    pattern = simulator.trade(exchange, one.exchange_symbol, HOURS)[0]
    several = [replace(pattern, number=pattern.number + place) for place in range(1200)]
    # One fill first: the thousandth is one side of a trade, the next one the other.
    made = [several[0], *both_sides(several[1:])]
    simulator.set_fills(exchange, one.exchange_symbol, made)
    pages, error = await fetch(simulator, one, HOURS, fill_pages, signed=True)
    assert error is None
    assert len(rows_in(pages)) == len(made)
