"""Order books of every exchange: the levels as they are, one sick symbol apart, costs declared."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
from aiohttp import web

from arb_pipeline.exchanges import Connection, Exchanges, open_exchanges
from arb_pipeline.exchanges.errors import Refused, Unreachable
from arb_pipeline.exchanges.order_books import fetch_order_books
from arb_pipeline.model import Exchange, Instrument, now_ms
from arb_pipeline.simulator import Fault, FaultKind, Simulator
from arb_pipeline.simulator.books import book
from arb_pipeline_tests.exchanges.sampled import SKEW, instrument
from arb_pipeline_tests.exchanges.scripted import QUICK, Scripted, always, reply

LEVELS = 7


@pytest.fixture
async def opened(simulator: Simulator) -> AsyncIterator[Exchanges]:
    connections = {company: Connection(url) for company, url in simulator.company_urls.items()}
    async with open_exchanges(connections, retry=QUICK, timeout_seconds=5.0) as exchanges:
        yield exchanges


@pytest.mark.parametrize("exchange", Exchange)
async def test_levels_are_those_of_the_market(
    simulator: Simulator, opened: Exchanges, exchange: Exchange
) -> None:
    now = now_ms()
    simulator.clock.freeze(now)
    one = instrument(exchange)
    listed = simulator.listings.get(exchange, one.exchange_symbol)
    page = await fetch_order_books(opened[exchange], [one], skew_ms=SKEW, levels=LEVELS)
    (found,) = page.rows
    expected = book(simulator.spreads, listed, now, LEVELS)
    for offers, levels in ((found.bids, expected.bids), (found.asks, expected.asks)):
        assert len(offers) == LEVELS
        assert offers == tuple(
            (Decimal(ticks).scaleb(-listed.price_decimals),
             Decimal(lots).scaleb(-listed.quantity_decimals))
            for ticks, lots in levels
        )  # fmt: skip
    assert found.exchange_timestamp == (None if exchange is Exchange.BINANCE_SPOT else now)
    assert found.timestamp >= now
    # What the exchange counted is what was declared.
    (asked,) = simulator.requests.select(exchange=exchange, endpoint="order_book")
    assert page.requests == 1
    assert asked.status == 200


async def test_a_symbol_without_a_book_holds_up_no_other(
    simulator: Simulator, opened: Exchanges
) -> None:
    exchange = Exchange.BYBIT_SPOT
    gone = Instrument(8, exchange, "GONEUSDT", "GONE", "USDT")
    client = opened[exchange]
    page = await fetch_order_books(client, [gone, instrument(exchange)], skew_ms=SKEW, levels=5)
    assert [row.symbol_id for row in page.rows] == [7]
    assert page.missing == [gone]
    simulator.faults.add(Fault(FaultKind.HTTP_500, exchange=exchange))
    with pytest.raises((Unreachable, Refused)):
        await fetch_order_books(client, [instrument(exchange)], skew_ms=SKEW, levels=5)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"bids": [["1", "2"], ["x", "2"]]}, "price of bids"),
        ({"bids": [["1"]]}, "a level of bids"),
        ({"asks": ["1"]}, "a level of asks"),
        ({"timestamp": 1_000_000_000_000}, "behind the time of receipt"),
    ],
)
async def test_a_book_that_is_none_is_refused_as_a_whole(
    exchanges: Exchanges, script: Scripted, cells: dict[str, Any], reason: str
) -> None:
    whole = {"bids": [["1", "2"]], "asks": [["3", "4"]], "timestamp": now_ms()}
    script.say(always(whole | cells))
    exchange = Exchange.MEXC_SPOT
    page = await fetch_order_books(
        exchanges[exchange], [instrument(exchange)], skew_ms=SKEW, levels=5
    )
    assert list(page.rows) == []
    ((symbol_id, rejection),) = page.rejected
    assert symbol_id == 7
    assert reason in rejection.reason
    assert json.loads(rejection.payload)


async def test_only_allowed_depths_are_asked_for(exchanges: Exchanges, script: Scripted) -> None:
    async def answer(request: web.Request) -> web.Response:
        levels = [["1", "2"]] * int(request.query["limit"])
        return reply({"bids": levels, "asks": [], "E": now_ms()})

    script.say(answer)
    exchange = Exchange.BINANCE_FUTURES
    page = await fetch_order_books(
        exchanges[exchange], [instrument(exchange)], skew_ms=SKEW, levels=LEVELS
    )
    assert [len(row.bids) for row in page.rows] == [LEVELS]
