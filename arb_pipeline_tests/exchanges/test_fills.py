"""Own fills come exactly and whole, signed, within each exchange's windows."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from arb_pipeline.exchanges.errors import BadCredentials, Transient
from arb_pipeline.exchanges.fills import fill_pages
from arb_pipeline.model import AccountTrade, Exchange, HistoryPage, Instrument, Interval, subtract
from arb_pipeline.simulator import Fault, FaultKind, Fill, Simulator
from arb_pipeline_tests.exchanges.history_pages import (
    DAY,
    HOUR,
    NOW,
    fetch,
    market,
    present,
    rows_of,
    ticking,
)

each_exchange = pytest.mark.parametrize("exchange", Exchange)
WINDOW = Interval(NOW - 9 * DAY, NOW - HOUR)


async def own(
    simulator: Simulator, one: Instrument, window: Interval = WINDOW
) -> tuple[list[HistoryPage], Exception | None]:
    return await fetch(simulator, one, window, fill_pages, signed=True)


def told(exchange: Exchange, fills: list[Fill]) -> list[tuple[Any, ...]]:
    """Fills as rows; Gate does not tell the value, and Bybit's orders have a UUID."""
    gate, bybit = exchange.company.value == "GATEIO", exchange.company.value == "BYBIT"
    return [
        (
            one.time,
            one.price,
            one.quantity,
            "sell" if one.sold else "buy",
            str(one.number),
            f"{one.order:08x}-0000-4000-8000-000000000000" if bybit else str(one.order),
            None if gate else one.value,
            one.fee,
            one.fee_asset,
            one.is_maker,
        )
        for one in fills
    ]


@each_exchange
async def test_every_fill_comes_once_and_exactly(simulator: Simulator, exchange: Exchange) -> None:
    one = market(simulator, exchange)
    # A burst of a hundred and more an hour, and quiet days before and after.
    burst = Interval(NOW - 3 * DAY, NOW - 3 * DAY + 6 * HOUR)
    # Fewer on MEXC, whose pages are short and dear.
    every = 40 if exchange is Exchange.MEXC_SPOT else 4
    made = simulator.trade(exchange, one.exchange_symbol, burst, every)
    assert len(made) > 6000 // every
    pages, error = await own(simulator, one)
    assert error is None
    rows = rows_of(pages)
    assert rows == told(exchange, made)
    assert present(pages) == [WINDOW]
    assert {Decimal(row[7]) < 0 for row in rows} == {True, False}  # fees, and rebates
    for row in rows[:20]:
        time, price, quantity, side, name, order, value, fee, asset, is_maker = row
        AccountTrade(
            1,
            time,
            Decimal(price),
            Decimal(quantity),
            side,
            name,
            order,
            None if value is None else Decimal(value),
            Decimal(fee),
            asset,
            is_maker,
        ).validate()


@each_exchange
async def test_more_fills_in_one_instant_than_a_page_holds(
    simulator: Simulator, exchange: Exchange
) -> None:
    one = market(simulator, exchange)
    hour = Interval(NOW - 3 * DAY, NOW - 3 * DAY + HOUR)
    pattern = simulator.trade(exchange, one.exchange_symbol, hour)[0]
    # One order that swept the book: all in one millisecond, more than anybody's page.
    many = [replace(pattern, number=pattern.number + n) for n in range(2_345)]
    many += [replace(pattern, time=pattern.time + 1, number=pattern.number + 5_000)]
    simulator.set_fills(exchange, one.exchange_symbol, many)
    pages, error = await own(simulator, one, hour)
    assert error is None
    rows = rows_of(pages)
    instant = Interval(pattern.time, pattern.time + 1)
    if exchange is Exchange.MEXC_SPOT:  # it hands out a hundred of an instant and no more
        assert [part for page in pages for part in page.unreachable] == [instant]
        assert not any(part.intersect(instant) for part in present(pages))
        assert rows[-1] == told(exchange, many)[-1]
    else:
        assert rows == told(exchange, many)
        assert present(pages) == [hour]


@each_exchange
async def test_an_account_that_traded_nothing_is_known_to_have_traded_nothing(
    simulator: Simulator, exchange: Exchange
) -> None:
    one = market(simulator, exchange)
    pages, error = await own(simulator, one)
    assert error is None
    assert rows_of(pages) == []
    assert present(pages) == [WINDOW]


@pytest.mark.parametrize(
    ("exchange", "days"), [(Exchange.MEXC_SPOT, 30), (Exchange.BYBIT_SPOT, 730)]
)
async def test_what_is_older_than_an_exchange_keeps_is_unreachable(
    simulator: Simulator, exchange: Exchange, days: int
) -> None:
    one = market(simulator, exchange)
    window = Interval(NOW - (days + 3) * DAY, NOW - (days - 2) * DAY)
    pages, error = await fetch(simulator, one, window, ticking(fill_pages), signed=True)
    assert error is None
    # One page says so, though the horizon is a millisecond further at every look.
    ((lost,),) = [page.unreachable for page in pages if page.unreachable]
    assert lost.start == window.start
    assert abs(lost.end - (NOW - days * DAY)) < HOUR
    assert present(pages) == [Interval(lost.end, window.end)]


@each_exchange
async def test_without_credentials_nothing_is_asked(
    simulator: Simulator, exchange: Exchange
) -> None:
    one = market(simulator, exchange)
    pages, error = await fetch(simulator, one, WINDOW, fill_pages)
    assert not pages
    assert isinstance(error, BadCredentials)
    assert not simulator.requests.select(endpoint="account_trades")


@each_exchange
async def test_pages_before_one_that_fails_stay(simulator: Simulator, exchange: Exchange) -> None:
    one = market(simulator, exchange)
    window = Interval(NOW - (25 if exchange is Exchange.MEXC_SPOT else 40) * DAY, NOW)

    async def failing_later(*args: Any, grace_ms: int) -> Any:
        async for page in fill_pages(*args, grace_ms=grace_ms):
            simulator.faults.add(Fault(FaultKind.HTTP_500, endpoint="account_trades"))
            yield page

    pages, error = await fetch(simulator, one, window, failing_later, signed=True)
    assert len(pages) == 1
    assert isinstance(error, Transient)
    assert error.interval is not None
    assert error.interval.start == pages[0].asked.end


@pytest.mark.parametrize(
    ("exchange", "field"),
    [
        (Exchange.BINANCE_SPOT, "isBuyer"),
        (Exchange.BINANCE_FUTURES, "orderId"),
        (Exchange.MEXC_SPOT, "commission"),
        (Exchange.GATEIO_SPOT, "role"),
        (Exchange.GATEIO_FUTURES, "size"),
        (Exchange.BYBIT_SPOT, "side"),
    ],
)
async def test_a_fill_that_can_not_be_read_is_refused_and_its_moment_not_claimed(
    simulator: Simulator, exchange: Exchange, field: str
) -> None:
    one = market(simulator, exchange)
    burst = Interval(NOW - 3 * DAY, NOW - 3 * DAY + HOUR)
    made = simulator.trade(exchange, one.exchange_symbol, burst, every=20)
    victim = made[7]
    simulator.faults.add(
        Fault(
            FaultKind.SET_FIELD,
            endpoint="account_trades",
            row_of=str(victim.number),
            field_name=field,
            value=["?"],
        )
    )
    pages, _ = await own(simulator, one)
    assert rows_of(pages) == told(exchange, [fill for fill in made if fill is not victim])
    (refused,) = [one for page in pages for one in page.rejected]
    assert field in refused.reason
    instant = Interval(victim.time, victim.time + 1)
    assert present(pages) == subtract(WINDOW, [instant])
