"""Records from and to what ccxt's own parsers make of an exchange's answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import ccxt
import pytest

from arb_pipeline.model import (
    AccountTrade,
    BalanceSnapshot,
    BookTicker,
    Candle,
    FundingRate,
    Ticker,
    Trade,
    balances_to_ccxt,
)

NOW, SENT = 1_700_000_000_500, 1_700_000_000_123
LONG = "0.123456789012345678"
FUNDING, HOUR = 1_800_000_000_000, 3_600_000


def client(name: str, number: Any = str) -> Any:
    """ccxt's client of an exchange; nothing is asked of it."""
    made = getattr(ccxt, name)()
    made.number = number
    return made


TICKERS: dict[str, dict[str, Any]] = {
    "binance": {
        "symbol": "BTCUSDT", "lastPrice": "1.150", "highPrice": "1.30", "lowPrice": "1.05",
        "volume": LONG, "quoteVolume": "1150.575", "bidPrice": "1.10", "bidQty": LONG,
        "askPrice": "1.20", "askQty": "2", "openTime": 1, "closeTime": SENT,
    },
    "bybit": {
        "symbol": "BTCUSDT", "bid1Price": "1.10", "bid1Size": LONG, "ask1Price": "1.20",
        "ask1Size": "2", "lastPrice": "1.150", "highPrice24h": "1.30", "lowPrice24h": "1.05",
        "volume24h": LONG, "turnover24h": "1150.575", "markPrice": "1.16", "indexPrice": "1.17",
        "openInterestValue": "1",
    },
    "gate": {
        "contract": "BTC_USDT", "last": "1.150", "high_24h": "1.30", "low_24h": "1.05",
        "volume_24h_base": LONG, "volume_24h_quote": "1150.575", "mark_price": "1.16",
        "index_price": "1.17",
    },
}  # fmt: skip
TICKERS["mexc"] = TICKERS["binance"]


@pytest.mark.parametrize("name", TICKERS)
def test_a_ticker_of_ccxts_is_a_record_and_back(name: str) -> None:
    structure = client(name).parse_ticker(TICKERS[name])
    record = Ticker.from_ccxt(structure, symbol_id=7, timestamp=NOW)
    sent = SENT if "closeTime" in TICKERS[name] else None
    marks = (Decimal("1.16"), Decimal("1.17")) if "closeTime" not in TICKERS[name] else (None, None)
    last, high, low, base, quote = map(Decimal, ("1.150", "1.30", "1.05", LONG, "1150.575"))
    mark, index = marks
    assert record == Ticker(7, NOW, last, high, low, base, quote, mark, index, sent)
    record.validate()
    again = record.to_ccxt(structure["symbol"])
    assert set(again) == set(structure)
    derived = ("vwap", "bid", "bidVolume", "ask", "askVolume", "info")
    assert {key: again[key] for key in again if key not in derived} == {
        key: structure[key] for key in structure if key not in derived
    }


@pytest.mark.parametrize("name", ["binance", "bybit", "mexc"])
def test_a_row_of_bids_and_asks_is_a_record_and_back(name: str) -> None:
    structure = client(name).parse_ticker(TICKERS[name])
    record = BookTicker.from_ccxt(structure, symbol_id=7, timestamp=NOW)
    sent = SENT if "closeTime" in TICKERS[name] else None
    bid, bid_qty, ask, ask_qty = map(Decimal, ("1.10", LONG, "1.20", "2"))
    assert record == BookTicker(7, NOW, bid, bid_qty, ask, ask_qty, None, sent)
    record.validate()
    again = record.to_ccxt("BTC/USDT")
    assert again["symbol"] == "BTC/USDT"
    for key in ("bid", "bidVolume", "ask", "askVolume", "timestamp", "datetime"):
        assert again[key] == structure[key]


def test_a_book_without_quantities_is_no_record() -> None:
    structure = client("gate").parse_ticker(TICKERS["gate"])
    with pytest.raises(ValueError, match="bid is None, not a number"):
        BookTicker.from_ccxt(structure, symbol_id=7, timestamp=NOW)


def test_funding_is_a_record_and_back() -> None:
    row = {"name": "BTC_USDT", "funding_rate": "-0.00012", "funding_next_apply": FUNDING // 1000}
    row |= {"funding_interval": 14_400, "mark_price": "1.16", "index_price": "1.17"}
    structure = client("gate").parse_funding_rate(row)
    record = FundingRate.from_ccxt(structure, symbol_id=7, timestamp=NOW)
    assert record == FundingRate(
        7, NOW, Decimal("-0.00012"), FUNDING, FUNDING + 4 * HOUR, False, Decimal(4),
        Decimal("1.16"), Decimal("1.17"), None,
    )  # fmt: skip
    record.validate()
    again = record.to_ccxt("BTC/USDT:USDT")
    assert set(again) == set(structure)
    assert again["nextFundingTimestamp"] == FUNDING + 4 * HOUR
    for key in ("fundingRate", "fundingTimestamp", "fundingDatetime", "interval", "markPrice"):
        assert again[key] == structure[key]
    row = {"symbol": "BTCUSDT", "lastFundingRate": "0.1", "nextFundingTime": FUNDING, "time": SENT}
    untold = FundingRate.from_ccxt(
        client("binance").parse_funding_rate(row), symbol_id=7, timestamp=NOW
    )
    assert (untold.funding_interval_hours, untold.next_funding_time) == (None, None)
    assert untold.exchange_timestamp == SENT


def test_funding_that_was_paid_bears_the_time_of_the_payment() -> None:
    row = {"symbol": "BTCUSDT", "fundingRate": "-0.00012", "fundingTime": FUNDING}
    structure = client("binance").parse_funding_rate_history(row)
    record = FundingRate.from_ccxt(structure, symbol_id=7)
    assert (record.timestamp, record.funding_time, record.is_settled) == (FUNDING, FUNDING, True)
    record.validate()
    assert {**record.to_ccxt("BTCUSDT"), "info": row} == structure


def test_balances_are_records_and_back() -> None:
    payload = {
        "updateTime": SENT,
        "balances": [
            {"asset": "BTC", "free": LONG, "locked": "1"},
            {"asset": "USDT", "free": "12345678901234567890.123456789012345678", "locked": "0"},
        ],
    }
    structure = client("binance").parse_balance_custom(payload, "spot")
    records = BalanceSnapshot.from_ccxt(structure, exchange_id=3, timestamp=NOW)
    assert [(one.asset_name, str(one.total_balance)) for one in records] == [
        ("BTC", "1.123456789012345678"),
        ("USDT", "12345678901234567890.123456789012345678"),
    ]
    for one in records:
        one.validate()
    assert {**balances_to_ccxt(records), "info": payload} == structure


def test_what_is_owed_comes_along() -> None:
    coin = {"coin": "BTC", "walletBalance": "1.5", "locked": "0.5", "borrowAmount": "0.25"}
    coin |= {"accruedInterest": "0.001", "totalOrderIM": "0", "totalPositionIM": "0"}
    account = {"accountType": "UNIFIED", "coin": [coin]}
    payload = {"retCode": 0, "result": {"list": [account]}, "time": SENT}
    structure = client("bybit").parse_balance(payload)
    (record,) = BalanceSnapshot.from_ccxt(structure, exchange_id=3, timestamp=NOW)
    assert (record.available_balance, record.locked_balance) == (Decimal(1), Decimal("0.5"))
    assert record.borrowing_balance == Decimal("0.251")  # ccxt adds the interest
    assert record.to_ccxt() == structure["BTC"]


def test_candles_and_trades_are_records_and_back() -> None:
    binance = client("binance")
    row = binance.parse_ohlcv([1_700_000_040_000, "1.10", "2", "0.5", "1.5", LONG, 1, "2", 3])
    candle = Candle.from_ccxt(row, symbol_id=7, timeframe="1m")
    candle.validate()
    assert candle.to_ccxt() == row
    print_ = {"a": 1, "p": "1.10", "q": LONG, "f": 1, "l": 1, "T": SENT, "m": True, "M": True}
    trade = Trade.from_ccxt(binance.parse_trade(print_), symbol_id=7)
    assert trade == Trade(7, SENT, Decimal("1.10"), Decimal(LONG), "sell", "1")
    trade.validate()
    assert Trade.from_ccxt(trade.to_ccxt("BTC/USDT"), symbol_id=7) == trade
    fill = {
        "symbol": "BTCUSDT", "id": 28457, "orderId": 100234, "price": "4.00000100", "qty": "12.0",
        "quoteQty": "48.000012", "commission": "-10.10", "commissionAsset": "BNB", "time": SENT,
        "isBuyer": True, "isMaker": False,
    }  # fmt: skip
    structure = binance.parse_trade(fill)
    own = AccountTrade.from_ccxt(structure, symbol_id=7)
    assert (own.order_id, own.is_maker, own.fee, own.fee_asset) == (
        "100234", False, Decimal("-10.10"), "BNB",
    )  # fmt: skip
    own.validate()
    assert {**own.to_ccxt("BTCUSDT"), "info": fill} == structure


def test_a_page_of_candles_gives_records() -> None:
    row = (1_700_000_040_000, "1.10", "2", "0.5", "1.5", LONG, None, "3")
    candle = Candle.from_row(row, symbol_id=7, timeframe="1m")
    assert (str(candle.volume), candle.quote_volume, candle.trade_count) == (LONG, None, 3)


def test_floats_are_refused_with_the_way_out() -> None:
    lossy = client("binance", float)
    for make in (
        lambda: Ticker.from_ccxt(
            lossy.parse_ticker(TICKERS["binance"]), symbol_id=7, timestamp=NOW
        ),
        lambda: Candle.from_ccxt(
            lossy.parse_ohlcv([60_000, "1", "2", "1", "1", "1"]), symbol_id=7, timeframe="1m"
        ),
    ):
        with pytest.raises(ValueError, match=r"is the float .*: floats lose digits"):
            make()
