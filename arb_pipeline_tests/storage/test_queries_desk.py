"""Questions about what was computed and what is known, against rows made by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from arb_pipeline.model import DAY_MS, Exchange, Interval
from arb_pipeline.storage import queries
from arb_pipeline.storage.database import Connection, Pool
from arb_pipeline_tests.storage.asking import a_symbol

DAY = ("2026-01-05", "2026-01-06")
_OPPORTUNITY = """
INSERT INTO arbitrage_opportunities (
    timestamp, opportunity_id, kind, symbol_id, buy_exchange_id, sell_symbol_id, sell_exchange_id,
    buy_price, sell_price, quantity, spread_bps, fee_bps, net_bps, net_profit, peak_net_bps,
    opened_at
)
SELECT
    $1::TEXT::TIMESTAMPTZ, md5($2)::UUID, 'spot_spot', b.id, b.exchange_id, s.id, s.exchange_id,
    1, 2, 1, 20, 10, $3::NUMERIC, 1, 99, '2026-01-05'
FROM symbols AS b, symbols AS s WHERE b.id = $4 AND s.id = $5
"""
_BEAT = """
INSERT INTO arbitrage_beats
SELECT $1::TEXT::TIMESTAMPTZ, id, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL FROM exchanges WHERE id = 1
"""
_ITEM = """
INSERT INTO portfolio_items (
    timestamp, exchange_id, asset_name, reference_currency, quantity, value
)
SELECT $1::TEXT::TIMESTAMPTZ, id, $3, 'USDT', 1, $4::NUMERIC FROM exchanges WHERE enum_value = $2
"""


@pytest.fixture
async def connection(pool: Pool) -> AsyncIterator[Connection]:
    async with pool.acquire() as connection:
        yield connection


def column(found: pd.DataFrame, name: str) -> list[Any]:
    return list(found[name])


async def test_opportunities_of_a_window_and_of_the_newest_beat(connection: Connection) -> None:
    binance = await a_symbol(connection)
    bybit = await a_symbol(connection, Exchange.BYBIT_SPOT)
    mexc = await a_symbol(connection, Exchange.MEXC_SPOT)
    for at, name, net, buy, sell in (
        ("2026-01-05T00:01Z", "a", "5.00000000000000000001", binance, bybit),
        ("2026-01-05T00:02Z", "a", "4", binance, bybit),
        ("2026-01-05T00:02Z", "b", "7", mexc, bybit),
        ("2026-01-06T00:00Z", "c", "9", mexc, binance),
    ):
        await connection.execute(_OPPORTUNITY, at, name, net, buy, sell)
    found = await queries.opportunities(connection, DAY)
    assert column(found, "net_bps") == [7, 4, Decimal("5.00000000000000000001")]
    assert column(found, "buy_exchange") == ["MEXC_SPOT", "BINANCE_SPOT", "BINANCE_SPOT"]
    assert found["opportunity_id"].nunique() == 2
    assert found["age"].iloc[0] == pd.Timedelta(minutes=2)
    found = await queries.opportunities(connection, DAY, "MEXC_SPOT")
    assert column(found, "net_bps") == [7]
    found = await queries.opportunities(connection, DAY, "bybit_spot", min_net_bps=5.0)
    assert column(found, "net_bps") == [7, Decimal("5.00000000000000000001")]

    assert (await queries.latest_opportunities(connection)).empty
    await connection.execute(_BEAT, "2026-01-05T00:02Z")
    assert column(await queries.latest_opportunities(connection), "net_bps") == [7, 4]
    least = await queries.latest_opportunities(connection, min_net_bps=Decimal(5))
    assert column(least, "net_bps") == [7]
    # The newest beat found none: the earlier ones are over.
    await connection.execute(_BEAT, "2026-01-05T00:03Z")
    assert (await queries.latest_opportunities(connection)).empty


async def test_the_portfolio_as_it_was_last_valued_and_over_time(connection: Connection) -> None:
    for at, exchange, asset, value in (
        ("2026-01-03T00:00Z", "MEXC_SPOT", "BTC", "1"),  # valued no more
        ("2026-01-05T00:00Z", "BINANCE_SPOT", "BTC", "2"),
        ("2026-01-05T00:00Z", "BINANCE_SPOT", "ETH", "3"),  # gone half an hour later
        ("2026-01-05T00:30Z", "BINANCE_SPOT", "BTC", "4.000000000000000000001"),
        ("2026-01-05T00:00Z", "BYBIT_SPOT", "BTC", None),  # did not answer later
    ):
        await connection.execute(_ITEM, at, exchange, asset, value)
    found = await queries.portfolio(connection)
    assert column(found, "exchange") == ["BINANCE_SPOT", "BYBIT_SPOT"]
    assert column(found, "value") == [Decimal("4.000000000000000000001"), None]
    assert column(await queries.portfolio(connection, "BYBIT_SPOT"), "asset_name") == ["BTC"]
    assert (await queries.portfolio(connection, assets="ETH")).empty
    history = await queries.portfolio_history(connection, DAY, assets=["BTC"])
    assert column(history, "value") == [2, None, Decimal("4.000000000000000000001")]
    floats = await queries.portfolio_history(connection, DAY, floats=True)
    assert floats["value"].dtype == "float64"
    assert floats["value"].sum() == 9


async def test_order_flow_by_length_of_window(connection: Connection) -> None:
    symbol = await a_symbol(connection)
    for seconds, score in ((60, "0.5"), (300, "-1.25")):
        await connection.execute(
            "INSERT INTO order_flow_metrics (timestamp, symbol_id, window_seconds, ofi_score, "
            "book_count, trade_count) VALUES ('2026-01-05T00:05Z', $1, $2, $3, 5, 7)",
            symbol,
            seconds,
            Decimal(score),
        )
    found = await queries.order_flow(connection, "BTC/USDT", DAY)
    assert column(found, "ofi_score") == [Decimal("0.5"), Decimal("-1.25")]
    assert found["microprice"].isna().all()
    found = await queries.order_flow(connection, None, DAY, 300)
    assert column(found, "ofi_score") == [Decimal("-1.25")]


async def test_coverage_registrations_and_symbols(connection: Connection) -> None:
    symbol = await a_symbol(connection)
    await a_symbol(connection, Exchange.MEXC_SPOT, tracked=False)
    await connection.execute(
        "INSERT INTO coverage (symbol_id, data_set, timeframe, day, present, absent) VALUES "
        "($1, 'candles', '1m', '2026-01-05', '{[2026-01-05 00:00Z, 2026-01-05 18:00Z)}', "
        "'{[2026-01-05 18:00Z, 2026-01-05 20:00Z)}')",
        symbol,
    )
    await connection.execute(
        "INSERT INTO registrations (symbol_id, data_set, timeframe, registered_at, history_from, "
        "completed_at) VALUES ($1, 'trades', '', now(), (now() AT TIME ZONE 'UTC')::DATE - 1, "
        "NULL)",
        symbol,
    )
    found = await queries.coverage(connection, "BTC/USDT", DAY, "candles", "1m")
    hours = [int(found[name].iloc[0]) / 3600 for name in ("present", "absent", "missing")]
    assert hours == [18, 2, 4]
    assert (await queries.coverage(connection, None, DAY, "trades")).empty
    registered = await queries.registrations(connection)
    assert column(registered, "percent") == [0]
    assert registered["completed_at"].isna().all()
    assert column(await queries.symbols(connection), "symbol_id") == [symbol]
    every = await queries.symbols(connection, tracked=False)
    assert column(every, "exchange") == ["BINANCE_SPOT", "MEXC_SPOT"]
    assert (await queries.symbols(connection, "MEXC_SPOT")).empty


async def test_freshness_tells_the_last_success_and_why_it_failed_since(
    connection: Connection,
) -> None:
    for minutes, problem in ((3, None), (2, "timed out"), (1, "banned")):
        await connection.execute(
            "INSERT INTO collections (timestamp, exchange_id, asset, row_count, rejected, lookups, "
            "lookup_misses, problem, run_id) SELECT now() - $1 * INTERVAL '1 minute', id, "
            "'tickers', 0, 0, 0, 0, $2, '' FROM exchanges WHERE enum_value = 'MEXC_SPOT'",
            minutes,
            problem,
        )
    found = await queries.freshness(connection)
    assert column(found, "exchange") == ["MEXC_SPOT"]
    row = found.iloc[0]
    assert (row["problem"], row["attempts"], row["failures"]) == ("banned", 3, 2)
    assert 170 < row["age"].total_seconds() < 200
    assert (await queries.freshness(connection, "BYBIT_SPOT")).empty
    assert (await queries.freshness(connection, hours=0.01)).empty


async def test_refused_rows_with_their_payload(connection: Connection) -> None:
    symbol = await a_symbol(connection)
    for data_set, owner in (("trades", symbol), ("balances", None)):
        await connection.execute(
            "INSERT INTO rejected_records (data_set, exchange_id, symbol_id, reason, payload, "
            "last_seen_at) SELECT $1, id, $2, 'bad', '{}', '2026-01-05T01:00Z' FROM exchanges "
            "WHERE enum_value = 'BINANCE_SPOT'",
            data_set,
            owner,
        )
    found = await queries.rejected_rows(connection, DAY)
    assert sorted(zip(found["data_set"], found["symbol"].fillna("-"), strict=True)) == [
        ("balances", "-"),
        ("trades", "BTC/USDT"),
    ]
    assert column(await queries.rejected_rows(connection, DAY, None, "trades"), "payload") == ["{}"]
    later = Interval(1_767_571_200_000 + DAY_MS, 1_767_571_200_000 + 2 * DAY_MS)
    assert (await queries.rejected_rows(connection, later)).empty
