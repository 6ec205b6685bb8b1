from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from arb_pipeline.exchanges import Connection, Exchanges, open_exchanges
from arb_pipeline.exchanges.errors import BadResponse
from arb_pipeline.exchanges.symbols import Listings, fetch_listings
from arb_pipeline.model import Company, Exchange, Listing
from arb_pipeline.simulator import Simulator
from arb_pipeline_tests.exchanges.listed import GATE_CONTRACT, WIRE
from arb_pipeline_tests.exchanges.scripted import QUICK, Scripted, always


@pytest.fixture
async def simulated(simulator: Simulator) -> AsyncIterator[Exchanges]:
    connections = {company: Connection(url) for company, url in simulator.company_urls.items()}
    async with open_exchanges(connections, retry=QUICK) as exchanges:
        yield exchanges


def by_id(found: Listings) -> dict[str, Listing]:
    return {listing.exchange_symbol: listing for listing in found.listings}


@pytest.mark.parametrize("exchange", Exchange)
async def test_every_simulated_instrument_is_listed_and_nothing_else(
    simulated: Exchanges, simulator: Simulator, exchange: Exchange
) -> None:
    found = await fetch_listings(simulated[exchange])
    now = simulator.clock.now()
    bybit = exchange.company.value == "BYBIT"  # lists what can be traded only
    expected = {
        instrument.id
        for instrument in simulator.listings.all(exchange, now)
        if (exchange.market_type == "SPOT" or instrument.settle == "USDT")
        and instrument.expires_at is None
        and (instrument.is_trading(now) or not bybit)
    }
    assert set(by_id(found)) == expected
    assert found.rejected == []
    for listing in found.listings:
        assert listing.is_active == simulator.listings.find(
            exchange, listing.exchange_symbol, now
        ).is_trading(now)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        (Exchange.BINANCE_SPOT, ("币安人生USDT", "币安人生", "USDT")),
        (Exchange.BINANCE_SPOT, ("BTCUSDC", "BTC", "USDC")),
        (Exchange.BINANCE_FUTURES, ("1000SATSUSDT", "1000SATS", "USDT")),
        (Exchange.BINANCE_FUTURES, ("4USDT", "4", "USDT")),
        (Exchange.GATEIO_FUTURES, ("人生K线_USDT", "人生K线", "USDT")),
        (Exchange.GATEIO_SPOT, ("BTC3L_USDT", "BTC3L", "USDT")),
        (Exchange.MEXC_SPOT, ("GTC_HTUSDT", "GTC_HT", "USDT")),
        (Exchange.MEXC_SPOT, ("GASUSDT", "GASDAO", "USDT")),  # renamed by ccxt's table
        (Exchange.MEXC_SPOT, ("GASNEOUSDT", "GAS", "USDT")),
        (Exchange.BYBIT_FUTURES, ("SHIB1000USDT", "SHIB1000", "USDT")),
    ],
)
async def test_odd_and_renamed_names(
    simulated: Exchanges, exchange: Exchange, expected: tuple[str, str, str]
) -> None:
    found = by_id(await fetch_listings(simulated[exchange]))[expected[0]]
    assert (found.exchange_symbol, found.base, found.quote) == expected


async def test_mexc_is_asked_for_its_spot_list_only(
    simulated: Exchanges, simulator: Simulator
) -> None:
    await fetch_listings(simulated[Exchange.MEXC_SPOT])
    assert [entry.endpoint for entry in simulator.requests] == ["symbols"]


def answer_of(exchange: Exchange, rows: list[Any]) -> Any:
    if exchange.company is Company.BYBIT:
        return {"retCode": 0, "retMsg": "OK", "result": {"list": rows}}
    return rows if exchange.company is Company.GATEIO else {"symbols": rows}


@pytest.mark.parametrize(("exchange", "row", "expected"), WIRE)
async def test_numbers_and_states_are_read_exactly(
    exchanges: Exchanges,
    script: Scripted,
    exchange: Exchange,
    row: dict[str, Any],
    expected: dict[str, Any],
) -> None:
    script.say(always(answer_of(exchange, [row])))
    (found,) = (await fetch_listings(exchanges[exchange])).listings
    assert {name: getattr(found, name) for name in expected} == expected


BROKEN: list[tuple[Any, str]] = [
    ("BTC_USDT", "no object"),
    ({**GATE_CONTRACT, "name": None}, "name is None"),
    ({**GATE_CONTRACT, "name": "B TC_USDT"}, "no name of 1 to 64"),
    ({**GATE_CONTRACT, "name": "x" * 70 + "_USDT"}, "no name of 1 to 64"),
    ({**GATE_CONTRACT, "quanto_multiplier": "0"}, "contract size '0'"),
    ({**GATE_CONTRACT, "quanto_multiplier": "NaN"}, "'NaN' is no number"),
    ({**GATE_CONTRACT, "order_price_round": True}, "True is no number"),
    ({**GATE_CONTRACT, "create_time": "1.5"}, "shaped otherwise"),
    (GATE_CONTRACT, "listed twice"),
]


@pytest.mark.parametrize(("row", "reason"), BROKEN)
async def test_a_malformed_row_is_refused_by_name_and_takes_no_other_with_it(
    exchanges: Exchanges, script: Scripted, row: Any, reason: str
) -> None:
    good = [GATE_CONTRACT, {**GATE_CONTRACT, "name": "ETH_USDT"}]
    script.say(always([good[0], row, good[1]]))
    found = await fetch_listings(exchanges[Exchange.GATEIO_FUTURES])
    assert [listing.base for listing in found.listings] == ["BTC", "ETH"]
    (refused,) = found.rejected
    assert reason in refused.reason
    assert json.loads(refused.payload) == row


@pytest.mark.parametrize("exchange", Exchange)
async def test_an_empty_list_is_no_list(
    exchanges: Exchanges, script: Scripted, exchange: Exchange
) -> None:
    bybit = {"retCode": 0, "result": {"list": []}}
    script.say(always(bybit if exchange.company.value == "BYBIT" else answer_of(exchange, [])))
    with pytest.raises(BadResponse, match="list of symbols is empty"):
        await fetch_listings(exchanges[exchange])


async def test_bybits_pages_are_followed_by_their_cursor(
    exchanges: Exchanges, script: Scripted
) -> None:
    def page(name: str, cursor: str) -> Any:
        row = {
            "symbol": f"{name}USDT", "contractType": "LinearPerpetual", "status": "Trading",
            "baseCoin": name, "quoteCoin": "USDT", "settleCoin": "USDT", "fundingInterval": 480,
            "launchTime": "1585526400000",
        }  # fmt: skip
        return always({"retCode": 0, "result": {"list": [row], "nextPageCursor": cursor}})

    script.say(page("BTC", "first%3DETH"), page("ETH", ""))
    found = await fetch_listings(exchanges[Exchange.BYBIT_FUTURES])
    assert [listing.base for listing in found.listings] == ["BTC", "ETH"]
    assert found.listings[0].funding_interval_hours == "8"
    assert script.targets[1].endswith("cursor=first%3DETH")
