"""Words of the tests of portfolios: accounts whose fills are known, and what is stored of them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from arb_pipeline.defs.launch import (
    Launched,
    materialize_derived,
    materialize_history,
    materialize_snapshots,
)
from arb_pipeline.defs.partitions import ENABLED, ExchangeDay
from arb_pipeline.model import DAY_MS, Company, DataSet, Exchange, now_ms
from arb_pipeline.settings import settings
from arb_pipeline.simulator.fills import Fill
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline_tests.integration.conftest import Pipeline

SPOT, FUTURES, GATE = Exchange.BINANCE_SPOT, Exchange.BINANCE_FUTURES, Exchange.GATEIO_SPOT
MINUTE = 60_000
NULL = None
COLUMNS = (
    "quantity, unexplained_quantity, average_entry_price, current_price, price_route, value, "
    "unrealised_profit, unrealised_profit_percent, realised_profit"
)
# What is bid and asked, and the close of the minute before each fill.
BOOKS = {
    "BTC/USDT": ("59999", "60001"),
    "BNB/USDT": ("579", "581"),
    "USDC/USDT": (".9989", ".9991"),
}
CLOSES = {"BNB/USDT": "500", "USDC/USDT": "0.999"}


def fill(
    number: int, what: str, quantity: str, price: str, value: str, fee: str, asset: str
) -> Fill:
    """The fill of that number: a minute after the one before it, a quarter of an hour ago."""
    at = now_ms() // MINUTE * MINUTE - (15 - number) * MINUTE
    return Fill(number, at, price, quantity, value, number, fee, asset, what == "sell", False)


@pytest.fixture
def accounts(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipeline]:
    """Accounts at Binance and Gate: what they hold, and what Binance's traded."""
    for company in (Company.BINANCE, Company.GATEIO):
        pipeline.simulator.accounts[company] = ("key", "secret")
        monkeypatch.setenv(f"{company}_API_KEY", "key")
        monkeypatch.setenv(f"{company}_API_SECRET", "secret")
    settings.cache_clear()
    pipeline.track(SPOT, "BTC/USDT", "BTC/USDC", "BNB/USDT", "USDC/USDT")
    pipeline.track(FUTURES, "BTC/USDT")
    simulator = pipeline.simulator
    simulator.set_fills(SPOT, "BNBUSDT", [fill(1, "buy", "2", "450", "900", "0", "BNB")])
    simulator.set_fills(
        SPOT,
        "BTCUSDT",
        [
            fill(2, "buy", "0.5", "40000", "20000", "0.1", "BTC"),
            fill(3, "buy", "0.4", "44000", "17600", "0.02", "BNB"),
            fill(4, "sell", "0.2", "50000", "10000", "10", "USDT"),
        ],
    )
    simulator.set_fills(SPOT, "BTCUSDC", [fill(5, "buy", "0.2", "45000", "9000", "4.5", "USDC")])
    simulator.set_fills(FUTURES, "BTCUSDT", [fill(6, "buy", "9", "1", "9", "1", "USDT")])
    for asset in ("ETH", "DOGE", "币安人生"):
        simulator.set_balance(SPOT, asset, "0")
    simulator.set_balance(SPOT, "BTC", "0.9", "0.1")
    simulator.set_balance(SPOT, "BNB", "1.98")
    simulator.set_balance(SPOT, "USDC", "100")
    simulator.set_balance(SPOT, "USDT", "5000")
    simulator.set_balance(FUTURES, "BNB", "0")
    yield pipeline
    settings.cache_clear()


def collect(pipeline: Pipeline) -> None:
    """Read accounts and fills, and store the prices of the head of this file."""
    launched = materialize_snapshots(pipeline.instance, list(Exchange), [DataSet.BALANCES])
    assert launched.problem is None, launched.problem
    first = (now_ms() - 20 * MINUTE) // DAY_MS * DAY_MS
    days = range(first, now_ms(), DAY_MS)
    for exchange in (SPOT, FUTURES):
        launched = materialize_history(
            pipeline.instance, "account_trades", [ExchangeDay(exchange, day) for day in days]
        )
        assert launched.problem is None, launched.problem
    for name, (bid, ask) in BOOKS.items():
        store(pipeline, "books", name, now_ms() - 1000, bid, ask)
    for name, close in CLOSES.items():
        for number in range(1, 7):
            at = now_ms() // MINUTE * MINUTE - (16 - number) * MINUTE
            store(pipeline, "candles", name, at, close)


def store(pipeline: Pipeline, table: str, name: str, at: int, *prices: str) -> None:
    statement = {
        "books": "INSERT INTO book_ticker_snapshots (symbol_id, timestamp, bid_price, bid_qty,"
        " ask_price, ask_qty) SELECT id, $3, $4::numeric, 1, $5::numeric, 1",
        "candles": "INSERT INTO candles (symbol_id, timeframe, timestamp, open, high, low, close,"
        " volume) SELECT id, '1m', $3, $4::numeric, $4::numeric, $4::numeric, $4::numeric, 1",
    }[table]
    pipeline.rows(
        statement + " FROM symbols WHERE symbol_base || '/' || symbol_quote = $2 AND exchange_id ="
        " (SELECT id FROM exchanges WHERE enum_value = $1)",
        SPOT.value,
        name,
        to_datetime(at),
        *(Decimal(price) for price in prices),
    )


def value(pipeline: Pipeline, *days: int) -> Launched:
    today = now_ms() // DAY_MS
    partitions = [ExchangeDay(e, (today - ago) * DAY_MS) for e in ENABLED for ago in days or (0,)]
    return materialize_derived(pipeline.instance, "portfolio_items", partitions)


def stored(pipeline: Pipeline, exchange: Exchange, asset: str, columns: str = COLUMNS) -> Any:
    """The newest item, numbers as they read in the database."""
    (row,) = pipeline.rows(
        f"SELECT {columns} FROM portfolio_items_named WHERE exchange = $1 AND asset_name = $2"
        " ORDER BY timestamp DESC LIMIT 1",
        exchange.value,
        asset,
    )
    return tuple(None if v is None else f"{v.normalize():f}" if v == 0 else str(v) for v in row)


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def assert_item(pipeline: Pipeline, exchange: Exchange, asset: str, *expected: str | None) -> None:
    found = list(stored(pipeline, exchange, asset))
    assert found.pop(4) == expected[4]
    wanted = [*expected[:4], *expected[5:]]
    assert [number(one) for one in found] == [number(one) for one in wanted]
