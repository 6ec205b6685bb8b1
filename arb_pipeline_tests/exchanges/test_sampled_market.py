"""Samples of all seven simulated exchanges are the market model, to the last digit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

import pytest

from arb_pipeline.exchanges import Connection, Exchanges, open_exchanges
from arb_pipeline.exchanges.budget_local import LocalBudget
from arb_pipeline.exchanges.errors import Banned
from arb_pipeline.exchanges.funding import fetch_funding_rates
from arb_pipeline.exchanges.tickers import fetch_book_tickers, fetch_tickers
from arb_pipeline.exchanges.venues import rate_limits
from arb_pipeline.model import Company, Exchange, Instrument, MarketType, now_ms
from arb_pipeline.simulator import Fault, FaultKind, Simulator
from arb_pipeline.simulator.books import book
from arb_pipeline.simulator.funding import funding
from arb_pipeline.simulator.instruments import SimulatedInstrument
from arb_pipeline.simulator.market import contract_units, turnover_decimals
from arb_pipeline.simulator.prices import day, price
from arb_pipeline_tests.exchanges.sampled import SKEW, is_an_hour_off
from arb_pipeline_tests.exchanges.scripted import QUICK

each_exchange = pytest.mark.parametrize("exchange", Exchange)
FUTURES = [one for one in Exchange if one.market_type is MarketType.FUTURES]
HOUR = 3_600_000
# Who numbers the states of its books.
NUMBERED = (Exchange.BINANCE_FUTURES, Exchange.GATEIO_SPOT, Exchange.GATEIO_FUTURES)


@asynccontextmanager
async def opened(simulator: Simulator) -> AsyncIterator[Exchanges]:
    connections = {company: Connection(url) for company, url in simulator.company_urls.items()}
    async with open_exchanges(connections, retry=QUICK) as exchanges:
        yield exchanges


def tracked(
    simulator: Simulator, exchange: Exchange
) -> tuple[list[Instrument], dict[int, SimulatedInstrument]]:
    """What can be traded now at an exchange, odd names included, and what the model knows of it."""
    models = {
        number: one
        for number, one in enumerate(simulator.listings.all(exchange, simulator.clock.now()), 1)
        if one.is_trading(simulator.clock.now()) and one.quote == "USDT" and one.expires_at is None
    }
    instruments = [
        Instrument(number, exchange, one.id, one.base, one.quote, one.contract_size)
        for number, one in models.items()
    ]
    return instruments, models


def units(value: int, decimals: int) -> Decimal:
    """``value`` units of 10^-decimals."""
    return Decimal(value).scaleb(-decimals)


@each_exchange
async def test_books(simulator: Simulator, exchange: Exchange) -> None:
    now = now_ms()
    simulator.clock.freeze(now)
    instruments, models = tracked(simulator, exchange)
    async with opened(simulator) as exchanges:
        page = await fetch_book_tickers(exchanges[exchange], instruments, skew_ms=SKEW)
    assert [row.symbol_id for row in page.rows] == list(models)
    assert (page.rejected, page.missing) == ([], [])
    for row in page.rows:
        model = models[row.symbol_id]
        top = book(simulator.spreads, model, now)
        (bid, bid_lots), (ask, ask_lots) = top.bids[0], top.asks[0]
        assert row.bid_price == units(bid, model.price_decimals)
        assert row.ask_price == units(ask, model.price_decimals)
        assert row.bid_qty == units(bid_lots, model.quantity_decimals)
        assert row.ask_qty == units(ask_lots, model.quantity_decimals)
        assert row.exchange_timestamp in (now, None)
        assert row.sequence_number == (now if exchange in NUMBERED else None)
        row.validate()


@each_exchange
async def test_tickers(simulator: Simulator, exchange: Exchange) -> None:
    now = now_ms()
    simulator.clock.freeze(now)
    instruments, models = tracked(simulator, exchange)
    async with opened(simulator) as exchanges:
        page = await fetch_tickers(exchanges[exchange], instruments, skew_ms=SKEW)
    assert [row.symbol_id for row in page.rows] == list(models)
    assert (page.rejected, page.missing) == ([], [])
    for row in page.rows:
        model = models[row.symbol_id]
        traded, worth = day(model, now), price(model, now)
        size, size_decimals = contract_units(model)
        decimals = model.price_decimals
        assert row.base_volume_24h == units(
            traded.quantity * size, model.quantity_decimals + size_decimals
        )
        assert row.quote_volume_24h == units(traded.turnover, turnover_decimals(model))
        assert row.last_price == units(traded.last, decimals)
        assert (row.high_24h, row.low_24h) == (
            units(traded.high, decimals),
            units(traded.low, decimals),
        )
        if model.is_futures:
            assert row.mark_price == units(worth.mark, decimals)
            assert row.index_price == units(worth.index, decimals)
        else:
            assert (row.mark_price, row.index_price) == (None, None)
        row.validate()


@pytest.mark.parametrize("exchange", FUTURES)
async def test_funding(simulator: Simulator, exchange: Exchange) -> None:
    now = now_ms()
    simulator.clock.freeze(now)
    instruments, models = tracked(simulator, exchange)
    async with opened(simulator) as exchanges:
        page = await fetch_funding_rates(exchanges[exchange], instruments, skew_ms=SKEW)
    assert [row.symbol_id for row in page.rows] == list(models)
    assert (page.rejected, page.missing) == ([], [])
    hours = set()
    for row in page.rows:
        payment = funding(models[row.symbol_id], now)
        assert payment is not None
        assert row.funding_rate == units(payment.rate, 8)
        assert row.funding_time == payment.time
        assert row.next_funding_time == payment.time + payment.hours * HOUR
        assert row.funding_interval_hours == payment.hours
        hours.add(payment.hours)
        row.validate()
    assert len(hours) > 1  # it is no longer always 8 hours


@each_exchange
async def test_a_clock_an_hour_off_and_a_dropped_row(
    simulator: Simulator, exchange: Exchange
) -> None:
    instruments, _ = tracked(simulator, exchange)
    instruments = instruments[:3]
    wanted = instruments[0].exchange_symbol
    if exchange.company is not Company.GATEIO:
        simulator.faults.add(Fault(FaultKind.DROP_ROW, exchange=exchange, row_of=wanted))
    async with opened(simulator) as exchanges:
        page = await fetch_book_tickers(exchanges[exchange], instruments, skew_ms=SKEW)
        if exchange.company is not Company.GATEIO:
            assert page.missing == instruments[:1]
        simulator.faults.clear()
        simulator.clock.freeze(now_ms() - HOUR)
        page = await fetch_book_tickers(exchanges[exchange], instruments, skew_ms=SKEW)
    timed = exchange in NUMBERED or exchange.company is Company.BYBIT
    assert len(page.rejected) == (3 if timed else 0)
    assert all(is_an_hour_off(refused.reason, "behind") for _, refused in page.rejected)
    assert len(page.rows) == (0 if timed else 3)


async def test_a_banned_company_holds_up_nobody_else(simulator: Simulator) -> None:
    budgets = {company: LocalBudget(rate_limits(company)) for company in Company}
    simulator.faults.add(Fault(FaultKind.BAN_418, company=Company.GATEIO, retry_after=600))
    connections = {company: Connection(url) for company, url in simulator.company_urls.items()}
    async with open_exchanges(connections, retry=QUICK, budgets=budgets) as exchanges:
        pages = await asyncio.gather(
            *(
                fetch_book_tickers(exchanges[one], tracked(simulator, one)[0][:20], skew_ms=SKEW)
                for one in Exchange
            ),
            return_exceptions=True,
        )
    for exchange, page in zip(Exchange, pages, strict=True):
        if exchange.company is Company.GATEIO:
            assert isinstance(page, Banned)
        else:
            assert not isinstance(page, BaseException)
            assert len(page.rows) > 5
    blocked = {company for company, budget in budgets.items() if budget.blocked_until > 0}
    assert blocked == {Company.GATEIO}
