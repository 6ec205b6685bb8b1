"""The unmodified ccxt clients read what is sampled: tops, tickers, books, funding, balances."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest

from arb_pipeline.model import Company, Exchange
from arb_pipeline.simulator import Simulator
from arb_pipeline_tests.simulator.asking import NOW, unmodified_client
from arb_pipeline_tests.simulator.snapshots import top_of

KEY, SECRET = "the-api-key", "the-api-secret"
SPOTS = [exchange for exchange in Exchange if exchange.value.endswith("SPOT")]
SWAPS = [exchange for exchange in Exchange if exchange.value.endswith("FUTURES")]
each_exchange = pytest.mark.parametrize("exchange", list(Exchange))


@pytest.fixture
def simulator(simulator: Simulator) -> Simulator:
    """One account, at every company."""
    simulator.clock.freeze(NOW)
    simulator.accounts.update(dict.fromkeys(Company, (KEY, SECRET)))
    return simulator


@asynccontextmanager
async def client_of(simulator: Simulator, exchange: Exchange) -> AsyncIterator[Any]:
    """ccxt's client with its markets loaded and credentials set."""
    async with unmodified_client(exchange.company, simulator.base_url) as client:
        await client.load_markets()
        client.apiKey, client.secret = KEY, SECRET
        client.nonce = simulator.clock.now
        yield client


def unified(exchange: Exchange, base: str = "BTC") -> str:
    return f"{base}/USDT:USDT" if exchange in SWAPS else f"{base}/USDT"


@each_exchange
async def test_tickers(simulator: Simulator, exchange: Exchange) -> None:
    symbols = [unified(exchange), unified(exchange, "ETH")]
    async with client_of(simulator, exchange) as client:
        found = await client.fetch_tickers(symbols)
    assert found.keys() == set(symbols)
    for base, symbol in zip(("BTC", "ETH"), symbols, strict=True):
        ticker = found[symbol]
        last = Decimal(ticker["last"])
        assert Decimal(ticker["low"]) <= last <= Decimal(ticker["high"])
        assert Decimal(ticker["quoteVolume"]) / Decimal(ticker["baseVolume"]) == pytest.approx(
            last, rel=Decimal("0.03")
        )
        top = top_of(simulator, exchange, base)
        if exchange is not Exchange.BINANCE_FUTURES:  # the only one without quotes
            assert (Decimal(ticker["bid"]), Decimal(ticker["ask"])) == (top.bid, top.ask)


@pytest.mark.parametrize(
    "exchange", [exchange for exchange in Exchange if exchange.company is not Company.GATEIO]
)
async def test_bids_and_asks(simulator: Simulator, exchange: Exchange) -> None:
    symbols = [unified(exchange), unified(exchange, "ETH")]
    async with client_of(simulator, exchange) as client:
        found = await client.fetch_bids_asks(symbols)
    assert found.keys() == set(symbols)
    for base, symbol in zip(("BTC", "ETH"), symbols, strict=True):
        top, row = top_of(simulator, exchange, base), found[symbol]
        names = ("bid", "bidVolume", "ask", "askVolume")
        assert [Decimal(row[name]) for name in names] == [
            top.bid, top.bid_size, top.ask, top.ask_size,
        ]  # fmt: skip


@each_exchange
async def test_order_books(simulator: Simulator, exchange: Exchange) -> None:
    async with client_of(simulator, exchange) as client:
        book = await client.fetch_order_book(unified(exchange), 10)
    top = top_of(simulator, exchange, "BTC")
    assert len(book["bids"]) == len(book["asks"]) == 10
    best = [Decimal(str(book[side][0][0])) for side in ("bids", "asks")]
    assert best == [top.bid, top.ask]
    spot_of_binance = exchange is Exchange.BINANCE_SPOT
    assert book["timestamp"] == (None if spot_of_binance else NOW)


@pytest.mark.parametrize("exchange", SWAPS)
async def test_funding_rates(simulator: Simulator, exchange: Exchange) -> None:
    symbols = [unified(exchange), unified(exchange, "W")]
    async with client_of(simulator, exchange) as client:
        found = await client.fetch_funding_rates(symbols)
    assert found.keys() == set(symbols)
    for symbol, hours in zip(symbols, (8, 4), strict=True):
        row = found[symbol]
        assert abs(Decimal(row["fundingRate"])) < Decimal("0.0005")
        length = hours * 3_600_000
        assert row["fundingTimestamp"] == (NOW // length + 1) * length
        assert row["interval"] == (None if exchange.company is Company.BINANCE else f"{hours}h")
        assert Decimal(row["markPrice"]) / Decimal(row["indexPrice"]) < Decimal("1.002")


@each_exchange
async def test_balances_to_the_last_digit(simulator: Simulator, exchange: Exchange) -> None:
    available, locked = "12345678901234567890.123456789012345678", "0.000000000000000001"
    simulator.set_balance(exchange, "USDT", available, locked)
    async with client_of(simulator, exchange) as client:
        kind = {"type": "swap"} if exchange in SWAPS else {}
        balance = await client.fetch_balance(kind)
    found = balance["USDT"]
    total = "12345678901234567890.123456789012345679"
    assert (found["free"], found["used"], found["total"]) == (available, locked, total)
