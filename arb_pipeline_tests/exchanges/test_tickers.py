"""24-hour figures and funding: exact, in our units, from the right places."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from arb_pipeline.exchanges import Exchanges
from arb_pipeline.exchanges.errors import BadResponse, Unreachable
from arb_pipeline.exchanges.tickers import fetch_tickers
from arb_pipeline.model import Company, Exchange, MarketType, now_ms
from arb_pipeline_tests.exchanges.sampled import (
    SKEW,
    by_path,
    instrument,
    is_an_hour_off,
    premium_row,
    served,
    ticker_row,
)
from arb_pipeline_tests.exchanges.scripted import Handler, Scripted, always

each_exchange = pytest.mark.parametrize("exchange", Exchange)
FUTURES = [one for one in Exchange if one.market_type is MarketType.FUTURES]
each_future = pytest.mark.parametrize("exchange", FUTURES)
HOUR = 3_600_000


def tickers(exchange: Exchange, rows: list[Any], premium: list[Any] | None = None) -> Handler:
    """The exchange's list of tickers, and beside Binance's perpetuals their mark prices."""
    answers = {"24hr": served(exchange, rows), "tickers": served(exchange, rows)}
    if exchange is Exchange.BINANCE_FUTURES:
        answers["premiumindex"] = [premium_row()] if premium is None else premium
    return by_path(**answers)


@each_exchange
async def test_figures_are_exact_and_in_our_units(
    exchanges: Exchanges, script: Scripted, exchange: Exchange
) -> None:
    began = now_ms()
    rows = [ticker_row(exchange, "ETH", lastPrice="?", last="?"), ticker_row(exchange, now=began)]
    script.say(tickers(exchange, rows))
    gone = instrument(exchange, "GONE", 8)
    page = await fetch_tickers(exchanges[exchange], [instrument(exchange), gone], skew_ms=SKEW)
    (row,) = page.rows
    assert (row.symbol_id, page.missing, page.rejected) == (7, [gone], [])
    figures = (row.last_price, row.high_24h, row.low_24h, row.quote_volume_24h)
    assert list(map(str, figures)) == ["1.15", "1.30", "1.05", "1150.575"]
    # Gate's perpetuals count contracts: 10005000 of 0.0001 are 1000.5.
    assert row.base_volume_24h == Decimal("1000.5")
    marks = [Decimal("1.16"), Decimal("1.17")] if exchange in FUTURES else [None, None]
    assert [row.mark_price, row.index_price] == marks
    timed = exchange.company is not Company.GATEIO
    assert row.exchange_timestamp == (began if timed else None)
    assert began <= row.timestamp <= now_ms()
    assert page.requests == len(script.requests) == 1 + (exchange is Exchange.BINANCE_FUTURES)


@each_exchange
async def test_what_was_never_traded_has_no_price(
    exchanges: Exchanges, script: Scripted, exchange: Exchange
) -> None:
    names = "lastPrice highPrice lowPrice volume quoteVolume highPrice24h lowPrice24h volume24h"
    names += " turnover24h last high_24h low_24h base_volume quote_volume volume_24h"
    names += " volume_24h_base volume_24h_quote"
    for nothing in ("0", "0.00000000"):
        cells: dict[str, Any] = dict.fromkeys(names.split(), nothing)
        script.say(tickers(exchange, [ticker_row(exchange, **cells)]))
        page = await fetch_tickers(exchanges[exchange], [instrument(exchange)], skew_ms=SKEW)
        (row,) = page.rows
        assert (row.last_price, row.high_24h, row.low_24h) == (None, None, None)
        assert [row.base_volume_24h, row.quote_volume_24h] == [0, 0]
    # A price of zero beside real volume is nonsense, which the schema is to judge.
    script.say(tickers(exchange, [ticker_row(exchange, lastPrice="0", last="0")]))
    page = await fetch_tickers(exchanges[exchange], [instrument(exchange)], skew_ms=SKEW)
    assert [row.last_price for row in page.rows] == [0]
    script.say(tickers(exchange, [ticker_row(exchange, lastPrice=None, last="")]))
    page = await fetch_tickers(exchanges[exchange], [instrument(exchange)], skew_ms=SKEW)
    assert [row.last_price for row in page.rows] == [None]


@each_exchange
async def test_a_malformed_figure_is_refused_by_name(
    exchanges: Exchanges, script: Scripted, exchange: Exchange
) -> None:
    bad = ticker_row(exchange, highPrice="NaN", highPrice24h="NaN", high_24h="NaN")
    script.say(tickers(exchange, [bad, ticker_row(exchange, "ETH")]))
    wanted = [instrument(exchange), instrument(exchange, "ETH", 8)]
    page = await fetch_tickers(exchanges[exchange], wanted, skew_ms=SKEW)
    assert [row.symbol_id for row in page.rows] == [8]
    ((symbol_id, refused),) = page.rejected
    assert symbol_id == 7
    assert refused.reason.startswith("high")
    assert refused.reason.endswith("is 'NaN', not a number")
    assert "NaN" in json.loads(refused.payload).values()


@pytest.mark.parametrize("exchange", [one for one in Exchange if one.company in "BINANCE MEXC"])
async def test_the_time_of_the_last_trade_may_be_old_but_not_ahead(
    exchanges: Exchanges, script: Scripted, exchange: Exchange
) -> None:
    old, ahead = now_ms() - 5 * HOUR, now_ms() + HOUR
    script.say(tickers(exchange, [ticker_row(exchange, now=old)]))
    page = await fetch_tickers(exchanges[exchange], [instrument(exchange)], skew_ms=SKEW)
    assert [row.exchange_timestamp for row in page.rows] == [old]
    script.say(tickers(exchange, [ticker_row(exchange, now=ahead)]))
    page = await fetch_tickers(exchanges[exchange], [instrument(exchange)], skew_ms=SKEW)
    assert list(page.rows) == []
    assert is_an_hour_off(page.rejected[0][1].reason, "ahead of")


async def test_without_mark_prices_binances_perpetuals_fail_and_a_lacking_one_is_unknown(
    exchanges: Exchanges, script: Scripted
) -> None:
    exchange = Exchange.BINANCE_FUTURES
    script.say(tickers(exchange, [ticker_row(exchange)], [premium_row("ETH")]))
    page = await fetch_tickers(exchanges[exchange], [instrument(exchange)], skew_ms=SKEW)
    assert [(row.mark_price, row.index_price) for row in page.rows] == [(None, None)]
    script.say(tickers(exchange, [ticker_row(exchange)], []))
    with pytest.raises(BadResponse, match="mark prices and funding"):
        await fetch_tickers(exchanges[exchange], [instrument(exchange)], skew_ms=SKEW)
    script.say(always({}, 500))
    with pytest.raises(Unreachable):
        await fetch_tickers(exchanges[exchange], [instrument(exchange)], skew_ms=SKEW)


async def test_gates_rounded_base_volume_serves_where_contracts_are_not_told(
    exchanges: Exchanges, script: Scripted
) -> None:
    exchange = Exchange.GATEIO_FUTURES
    script.say(tickers(exchange, [ticker_row(exchange, volume_24h=None)]))
    page = await fetch_tickers(exchanges[exchange], [instrument(exchange)], skew_ms=SKEW)
    assert [row.base_volume_24h for row in page.rows] == [1000]
