"""Each question is answered with the rows that were asked for, exact to the last digit."""

from __future__ import annotations

from typing import Any

import httpx

from arb_pipeline.storage.database import Pool


async def rows(client: httpx.AsyncClient, address: str) -> list[dict[str, Any]]:
    answer = await client.get(address)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


def column(found: list[dict[str, Any]], name: str) -> list[Any]:
    return [row[name] for row in found]


async def test_candles_of_a_window_with_every_digit(client: httpx.AsyncClient) -> None:
    window = "start=2026-01-01T00:02:00Z&end=2026-01-01T00:04:00Z"
    found = await rows(client, f"/candles?exchange=BINANCE_SPOT&symbol=BTC/USDT&{window}")
    assert column(found, "timestamp") == ["2026-01-01T00:02:00Z", "2026-01-01T00:03:00Z"]
    first = found[0]
    assert (first["open"], first["high"], first["volume"]) == (
        "0.00000010", "12345678901.10", "2.500",
    )  # fmt: skip
    assert first["quote_volume"] is None
    by_id = await rows(client, f"/candles?symbol={first['symbol_id']}&{window}")
    assert by_id == found
    assert await rows(client, "/candles?exchange=BINANCE_SPOT&symbol=BTCUSDT&timeframe=1h") == []


async def test_candles_without_a_start_are_the_newest(client: httpx.AsyncClient) -> None:
    found = await rows(client, "/candles?exchange=BINANCE_SPOT&symbol=btc/usdt&limit=3")
    assert column(found, "volume") == ["7.500", "8.500", "9.500"]
    end = "end=2026-01-01T00:05:00Z"
    found = await rows(client, f"/candles?exchange=BINANCE_SPOT&symbol=btc/usdt&limit=3&{end}")
    assert column(found, "volume") == ["2.500", "3.500", "4.500"]


async def test_newest_books_and_those_of_a_window(client: httpx.AsyncClient) -> None:
    found = await rows(client, "/book-tickers")
    assert column(found, "exchange") == ["BINANCE_SPOT", "BYBIT_FUTURES"]
    assert {row["timestamp"] for row in found} == {"2026-01-01T00:04:05.250000Z"}
    assert (found[0]["bid_price"], found[0]["symbol"]) == ("99.50", "BTC/USDT")
    assert found[0]["exchange_timestamp"] == "2026-01-01T00:00:05.123456Z"
    bybit = "/book-tickers?exchange=BYBIT_FUTURES&start=2026-01-01"
    assert len(await rows(client, f"{bybit}&end=2026-01-01T00:02:05.25Z")) == 2
    assert len(await rows(client, "/book-tickers?symbol=BTC/USDT")) == 2


async def test_funding_predicted_and_settled(client: httpx.AsyncClient) -> None:
    (newest,) = await rows(client, "/funding-rates")
    assert (newest["timestamp"], newest["is_settled"]) == ("2026-01-01T00:20:00Z", False)
    assert (newest["funding_rate"], newest["funding_time"]) == ("-0.00010", "2026-01-01T08:00:00Z")
    window = "start=2026-01-01&end=2026-01-02"
    assert len(await rows(client, f"/funding-rates?{window}")) == 6
    settled = await rows(client, f"/funding-rates?{window}&settled=true")
    assert column(settled, "is_settled") == [True] * 3


async def test_balances_now_and_then(client: httpx.AsyncClient) -> None:
    found = await rows(client, "/balances")
    assert [(row["exchange"], row["asset_name"], row["total_balance"]) for row in found] == [
        ("BINANCE_SPOT", "BTC", "1.10"),
        ("BINANCE_SPOT", "USDT", "12345678901234567890.20"),
        ("BYBIT_FUTURES", "USDT", "7.10"),
    ]
    assert column(await rows(client, "/balances?asset=BTC"), "asset_name") == ["BTC"]
    assert len(await rows(client, "/balances?exchange=BYBIT_FUTURES")) == 1
    window = "start=2026-01-01&end=2026-01-01T00:10:00Z"
    history = await rows(client, f"/balances/history?asset=BTC&exchange=BYBIT_SPOT&{window}")
    assert column(history, "available_balance") == ["0.0", "1.0"]


async def test_the_portfolio_as_it_was_last_valued(client: httpx.AsyncClient) -> None:
    (held,) = await rows(client, "/portfolio")  # XYZ is sold
    assert (held["asset_name"], held["value"], held["quantity"]) == ("BTC", "70000.50", "2")
    every = await rows(client, "/portfolio?start=2026-01-01&end=2026-01-02")
    assert [(row["asset_name"], row["value"]) for row in every] == [
        ("BTC", "70000.50"), ("XYZ", None), ("BTC", "70000.50"),
    ]  # fmt: skip


async def test_opportunities_of_the_newest_beat(client: httpx.AsyncClient, pool: Pool) -> None:
    (now,) = await rows(client, "/arbitrage/opportunities")
    assert (now["net_bps"], now["buy_exchange"]) == ("87", "BINANCE_SPOT")
    assert float(now["age_seconds"]) == 120
    window = "start=2026-01-01&end=2026-01-02"
    assert len(await rows(client, f"/arbitrage/opportunities?{window}")) == 3
    gains = await rows(client, f"/arbitrage/opportunities?{window}&min_net_bps=86")
    assert column(gains, "net_bps") == ["86", "87"]
    selling = await rows(client, f"/arbitrage/opportunities?{window}&exchange=BYBIT_FUTURES")
    assert len(selling) == 3
    await pool.execute(
        "INSERT INTO arbitrage_beats"
        " SELECT '2026-01-01T00:03:00Z', 1, 9, 1, 1, 1, 1, 9, 1, 1, 1, 1, 0, null"
    )
    assert await rows(client, "/arbitrage/opportunities") == []


async def test_coverage_says_what_is_missing(client: httpx.AsyncClient) -> None:
    found = await rows(client, "/coverage?start=2026-01-01&end=2026-01-02&data_set=candles")
    assert [(float(row["present_seconds"]), float(row["missing_seconds"])) for row in found] == [
        (600, 85_800), (600, 85_800),
    ]  # fmt: skip
    assert await rows(client, "/coverage?start=2026-01-01&end=2026-01-02&data_set=trades") == []


WRONG = (
    ("/candles", 422, "symbol: Field required"),
    ("/candles?symbol=BTC/USDT", 422, "exchange: say on which BTC/USDT is meant"),
    ("/candles?exchange=BINANCE_SPOT&symbol=BTCC/USDT", 404, "Did you mean BTC/USDT"),
    ("/candles?symbol=123456", 404, "no symbol has the id 123456"),
    ("/candles?symbol=1&timeframe=7m", 422, "timeframe: "),
    ("/candles?symbol=1&limit=0", 422, "limit: "),
    ("/candles?symbol=1&limit=10001", 422, "limit: "),
    ("/book-tickers?exchange=KRAKEN_SPOT", 422, "exchange: "),
    ("/book-tickers?symbol=NO/PE", 404, "no enabled exchange lists 'NO/PE'"),
    ("/balances/history?start=2026-01-02&end=2026-01-01", 422, "is not before"),
    ("/balances/history?start=2026-01-01&end=2026-01-01", 422, "is not before"),
    ("/balances/history?start=yesterday", 422, "start: "),
    ("/balances/history?start=1800-01-01", 422, "start: "),
    ("/arbitrage/opportunities?min_net_bps=nan", 422, "min_net_bps: "),
    ("/symbols/0", 422, "symbol_id: "),
    ("/nothing", 404, "Not Found"),
)


async def test_what_is_wrong_is_said(client: httpx.AsyncClient) -> None:
    for address, status, words in WRONG:
        answer = await client.get(address)
        assert answer.status_code == status, (address, answer.text)
        assert set(answer.json()) == {"error"}
        error = answer.json()["error"]
        assert set(error) == {"code", "message"}
        assert words in error["message"]
