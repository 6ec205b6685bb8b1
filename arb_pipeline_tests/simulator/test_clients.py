"""The unmodified ccxt clients against the simulator."""

from __future__ import annotations

import pytest

from arb_pipeline.model import TIMEFRAMES, Company, Exchange
from arb_pipeline.simulator import Simulator
from arb_pipeline_tests.simulator.asking import MINUTE, NOW, expected_rows, unmodified_client

SPOT = "BTC/USDT"
SWAP = "BTC/USDT:USDT"
MARKETS = [
    (Exchange.BINANCE_SPOT, SPOT, "BTCUSDT"),
    (Exchange.BINANCE_FUTURES, SWAP, "BTCUSDT"),
    (Exchange.MEXC_SPOT, SPOT, "BTCUSDT"),
    (Exchange.GATEIO_SPOT, SPOT, "BTC_USDT"),
    (Exchange.GATEIO_FUTURES, SWAP, "BTC_USDT"),
    (Exchange.BYBIT_SPOT, SPOT, "BTCUSDT"),
    (Exchange.BYBIT_FUTURES, SWAP, "BTCUSDT"),
    (Exchange.BINANCE_SPOT, "T/USDT", "TUSDT"),
    (Exchange.BINANCE_SPOT, "1000SATS/USDT", "1000SATSUSDT"),
    (Exchange.GATEIO_FUTURES, "PEPE/USDT:USDT", "PEPE_USDT"),
    (Exchange.BYBIT_FUTURES, "10000QUBIC/USDT:USDT", "10000QUBICUSDT"),
    (Exchange.MEXC_SPOT, "GASDAO/USDT", "GASUSDT"),
    (Exchange.MEXC_SPOT, "GAS/USDT", "GASNEOUSDT"),
]


@pytest.mark.parametrize(("exchange", "symbol", "id_"), MARKETS)
async def test_a_page_fetched_by_ccxt_is_the_model_to_the_digit(
    simulator: Simulator, exchange: Exchange, symbol: str, id_: str
) -> None:
    simulator.clock.freeze(NOW)
    start = NOW - NOW % MINUTE - 700 * MINUTE
    async with unmodified_client(exchange.company, simulator.base_url) as client:
        fetched = await client.fetch_ohlcv(symbol, "1m", since=start, limit=400)
    instrument = simulator.listings.get(exchange, id_)
    # How far ccxt asks: to the clock, or by its own count of minutes.
    span = {Company.MEXC: 500, Company.GATEIO: 400}.get(exchange.company, 700)
    closed = [row for row in fetched if row[0] < NOW - NOW % MINUTE]
    assert closed == expected_rows(instrument, start, start + span * MINUTE)[:400]


@pytest.mark.parametrize("company", list(Company))
async def test_hours_fetched_by_ccxt_add_up_from_minutes(
    simulator: Simulator, company: Company
) -> None:
    simulator.clock.freeze(NOW)
    hour = TIMEFRAMES["1h"]
    start = hour.floor(NOW) - 50 * hour.milliseconds
    async with unmodified_client(company, simulator.base_url) as client:
        fetched = await client.fetch_ohlcv(SPOT, "1h", since=start, limit=50)
    id_ = "BTC_USDT" if company is Company.GATEIO else "BTCUSDT"
    instrument = simulator.listings.get(Exchange(f"{company}_SPOT"), id_)
    assert fetched == expected_rows(instrument, start, hour.floor(NOW), hour)


@pytest.mark.parametrize(
    ("company", "present", "absent"),
    [
        (Company.BINANCE, {"币安人生/USDT", "1000SATS/USDT", "4/USDT", "龙虾/USDT:USDT"}, set()),
        (Company.MEXC, {"GAS/USDT", "GASDAO/USDT", "GTC_HT/USDT"}, {"GASNEO/USDT"}),
        (Company.GATEIO, {"人生K线/USDT:USDT", "BTC3L/USDT", "0G/USDT"}, {"GTC_HT/USDT"}),
        (Company.BYBIT, {"SHIB1000/USDT:USDT", "BTC/USDC:USDC"}, {"LUNC/USDT"}),
    ],
)
async def test_odd_names_load_as_markets(
    simulator: Simulator, company: Company, present: set[str], absent: set[str]
) -> None:
    async with unmodified_client(company, simulator.base_url) as client:
        markets = await client.load_markets()
    assert present <= markets.keys()
    assert not absent & markets.keys()


@pytest.mark.parametrize("company", [Company.BINANCE, Company.MEXC, Company.GATEIO])
async def test_a_delisted_symbol_stays_listed_and_inactive(
    simulator: Simulator, company: Company
) -> None:
    async with unmodified_client(company, simulator.base_url) as client:
        markets = await client.load_markets()
    assert markets["LUNC/USDT"]["active"] is False
    assert markets["BTC/USDT"]["active"] is True


@pytest.mark.parametrize("company", list(Company))
async def test_the_exchange_tells_the_simulated_time(
    simulator: Simulator, company: Company
) -> None:
    simulator.clock.freeze(NOW)
    async with unmodified_client(company, simulator.base_url) as client:
        assert await client.fetch_time() == NOW


async def test_ccxt_pages_through_bybits_contracts_by_cursor(simulator: Simulator) -> None:
    async with unmodified_client(Company.BYBIT, simulator.base_url) as client:
        page: dict[str, object] = {"category": "linear", "limit": 10}
        ids: list[str] = []
        while True:
            answer = await client.publicGetV5MarketInstrumentsInfo(page)
            ids += [row["symbol"] for row in answer["result"]["list"]]
            cursor = answer["result"]["nextPageCursor"]
            if not cursor:
                break
            page = {**page, "cursor": cursor}
    listed = simulator.listings.all(Exchange.BYBIT_FUTURES, simulator.clock.now())
    assert len(ids) > 10
    trading = [i.id for i in listed if i.is_trading(simulator.clock.now())]
    assert ids == trading


async def test_gates_contract_sizes_are_exact_text_for_ccxt(simulator: Simulator) -> None:
    async with unmodified_client(Company.GATEIO, simulator.base_url) as client:
        rows = await client.publicFuturesGetSettleCandlesticks(
            {"settle": "usdt", "contract": "BTC_USDT", "interval": "1m", "limit": 2}
        )
    assert all(isinstance(row["v"], str) for row in rows)


@pytest.mark.parametrize("company", list(Company))
async def test_ccxt_as_it_comes_loads_its_markets(simulator: Simulator, company: Company) -> None:
    async with unmodified_client(company, simulator.base_url, configured=False) as client:
        markets = await client.load_markets()
    assert {SPOT, SWAP} <= markets.keys()
    assert all(record.status == 200 for record in simulator.requests)
