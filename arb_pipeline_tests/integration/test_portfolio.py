"""Portfolios on real parts: accounts whose fills are known, and values worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
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


def test_the_portfolio_is_what_fills_and_balances_say_to_the_last_digit(
    accounts: Pipeline,
) -> None:
    collect(accounts)
    launched = value(accounts)
    assert launched.problem is None, launched.problem
    # 0.5 - 0.1 for 20000: 50000 each. 0.4 for 17600 + 0.02 · 500: 37610 / 0.8 = 47012.5 each.
    # 0.2 sold for 10000 - 10: 9990 - 9402.5 = 587.5. 0.2 for 9004.5 · 0.999 = 8995.4955:
    # (0.6 · 47012.5 + 8995.4955) / 0.8 = 37202.9955 / 0.8. Worth 48000; 0.2 more were deposited.
    assert_item(
        accounts, SPOT, "BTC",
        "1.0", "0.2", "46503.744375", "60000", "BTC/USDT", "60000", "10797.0045",
        "29.021868682590357542580139816967157926839520220892", "587.5",
    )  # fmt: skip
    # 2 for 900; 0.02 paid as a fee when one was worth 500; 1.98 · 580 - 1.98 · 450.
    assert_item(
        accounts, SPOT, "BNB",
        "1.98", "0", "450", "580", "BNB/USDT", "1148.40", "257.4",
        "28.888888888888888888888888888888888888888888888889", "1",
    )  # fmt: skip
    # Deposited: what it cost is not known, nor what spending it earned.
    assert_item(
        accounts, SPOT, "USDC",
        "100", "100", NULL, "0.999", "USDC/USDT", "99.9", NULL, NULL, NULL,
    )  # fmt: skip
    note = stored(accounts, SPOT, "USDC", "note")[0]
    assert note.startswith("100 not explained by fills")
    assert "9004.5 sold that fills do not explain" in note
    # Of the 10000 - 10 USDT from the sale, all are held; the rest was there before.
    assert_item(accounts, SPOT, "USDT", "5000", "-4990", "1", "1", NULL, "5000", "0", "0", "0")
    # Perpetuals explain no asset: the margin is as it is.
    assert_item(
        accounts, FUTURES, "USDT",
        "26234.62345678", "26234.62345678", "1", "1", NULL, "26234.62345678", "0", "0", "0",
    )  # fmt: skip
    # Gate's BTC has a price though no pair of Gate is collected.
    assert_item(
        accounts, GATE, "BTC",
        "0.500000000000000001", "0.500000000000000001", NULL, "60000", "BINANCE_SPOT BTC/USDT",
        "30000.00000000000006", NULL, NULL, NULL,
    )  # fmt: skip
    assert_item(accounts, GATE, "BTC3L", "42.42", "42.42", NULL, NULL, NULL, NULL, NULL, NULL, NULL)
    assert "no fresh price leads from BTC3L" in stored(accounts, GATE, "BTC3L", "note")[0]
    # Balances and fills add up to each other, asset by asset.
    assert (
        accounts.rows(
            "SELECT p.asset_name FROM portfolio_items AS p JOIN latest_balances AS b USING"
            " (exchange_id, asset_name) WHERE p.quantity <> b.total_balance"
        )
        == [("nothing",)][1:]
    )
    today = {str(ExchangeDay(e, now_ms() // DAY_MS * DAY_MS).key) for e in ENABLED}
    assert accounts.materialized("portfolio_items") == today


def test_an_account_that_cannot_be_valued_takes_no_other_with_it(accounts: Pipeline) -> None:
    collect(accounts)
    accounts.rows(
        "UPDATE latest_balances SET timestamp = timestamp - $2::interval WHERE exchange_id ="
        " (SELECT id FROM exchanges WHERE enum_value = $1)",
        GATE.value,
        timedelta(hours=2),
    )
    launched = value(accounts)
    assert launched.problem is not None
    assert "1 of 7 partitions" in launched.problem
    assert "GATEIO_SPOT: the account was last read at" in launched.problem
    assert stored(accounts, SPOT, "BNB")
    assert not accounts.rows("SELECT 1 FROM portfolio_items_named WHERE exchange = $1", GATE.value)


def test_fills_with_a_hole_explain_nothing_until_it_is_filled(accounts: Pipeline) -> None:
    collect(accounts)
    at = "date_trunc('minute', now()) - interval"
    hole = f"tstzmultirange(tstzrange({at} '14 minutes', {at} '13 minutes'))"
    accounts.rows(
        f"UPDATE coverage SET present = present - {hole}, absent = absent - {hole}"
        " WHERE data_set = 'account_trades'"
    )
    assert value(accounts).problem is None
    assert_item(
        accounts, SPOT, "BNB", "1.98", NULL, NULL, "580", "BNB/USDT", "1148.4", NULL, NULL, NULL
    )
    note = stored(accounts, SPOT, "BNB", "note")[0]
    assert note.startswith("fills of BNBUSDT since ")
    collect_again = materialize_history(
        accounts.instance,
        "account_trades",
        [ExchangeDay(SPOT, day) for day in _days()],
    )
    assert collect_again.problem is None
    assert value(accounts).problem is None
    assert stored(accounts, SPOT, "BNB", "note") == (None,)


def _days() -> range:
    return range((now_ms() - 20 * MINUTE) // DAY_MS * DAY_MS, now_ms(), DAY_MS)


def test_a_past_day_is_valued_when_its_account_was_last_read(accounts: Pipeline) -> None:
    yesterday = now_ms() // DAY_MS * DAY_MS - DAY_MS
    read_at = yesterday + 20 * 60 * MINUTE
    for at, amount in ((read_at - 5 * MINUTE, "7"), (read_at, "3")):
        accounts.rows(
            "INSERT INTO balance_snapshots (timestamp, exchange_id, asset_name, available_balance)"
            " SELECT $2, id, 'BNB', $3 FROM exchanges WHERE enum_value = $1",
            SPOT.value,
            to_datetime(at),
            Decimal(amount),
        )
    # Books are dropped after days: the newest close counts then.
    store(accounts, "candles", "BNB/USDT", read_at - 3 * MINUTE, "550")
    launched = value(accounts, 1, 2)
    assert launched.problem is not None
    assert "no balances are stored of" in launched.problem
    assert_item(accounts, SPOT, "BNB", "3", "3", NULL, "550", "BNB/USDT", "1650", NULL, NULL, NULL)
    assert stored(accounts, SPOT, "BNB", "timestamp::text")[0].startswith(
        f"{to_datetime(read_at):%Y-%m-%d} 20:00:00"
    )
    count = "SELECT count(*), max(xmin::text) FROM portfolio_items"
    before = accounts.rows(count)
    value(accounts, 1)
    assert accounts.rows(count) == before
