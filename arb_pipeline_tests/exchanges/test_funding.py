"""Funding: exact, with the interval each perpetual has of its own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from arb_pipeline.exchanges import Exchanges
from arb_pipeline.exchanges.errors import NotSupported
from arb_pipeline.exchanges.funding import fetch_funding_rates
from arb_pipeline.model import Exchange, MarketType, now_ms
from arb_pipeline_tests.exchanges.sampled import (
    FUNDING,
    SKEW,
    by_path,
    contract_row,
    instrument,
    premium_row,
    served,
    ticker_row,
)
from arb_pipeline_tests.exchanges.scripted import Handler, Scripted

FUTURES = [one for one in Exchange if one.market_type is MarketType.FUTURES]
each_future = pytest.mark.parametrize("exchange", FUTURES)
HOUR = 3_600_000


def funding(exchange: Exchange, info: list[Any], **cells: Any) -> Handler:
    """The exchange's funding of ``BTC``, and beside Binance's the changed intervals."""
    return by_path(
        premiumindex=[premium_row("ETH"), premium_row(**cells)],
        fundinginfo=info,
        contracts=[contract_row("ETH"), contract_row(**cells)],
        tickers=served(exchange, [ticker_row(exchange, **cells), ticker_row(exchange, "ETH")])
        if exchange is Exchange.BYBIT_FUTURES
        else None,
    )


@each_future
async def test_funding_is_exact_with_its_own_interval(
    exchanges: Exchanges, script: Scripted, exchange: Exchange
) -> None:
    script.say(funding(exchange, [{"symbol": "BTCUSDT", "fundingIntervalHours": 4}]))
    gone = instrument(exchange, "GONE", 8)
    began = now_ms()
    page = await fetch_funding_rates(
        exchanges[exchange], [instrument(exchange), gone], skew_ms=SKEW
    )
    (row,) = page.rows
    assert (row.symbol_id, page.missing, page.rejected) == (7, [gone], [])
    assert row.funding_rate == Decimal("-0.00012")
    assert (row.funding_time, row.next_funding_time) == (FUNDING, FUNDING + 4 * HOUR)
    assert row.funding_interval_hours == 4
    assert (row.mark_price, row.index_price) == (Decimal("1.16"), Decimal("1.17"))
    assert row.is_settled is False
    assert began <= row.timestamp <= now_ms()
    assert (row.exchange_timestamp is None) == (exchange is Exchange.GATEIO_FUTURES)


@pytest.mark.parametrize("info", [[], [{"symbol": "ETHUSDT", "fundingIntervalHours": 1}]])
async def test_binances_unchanged_perpetuals_pay_every_eight_hours(
    exchanges: Exchanges, script: Scripted, info: list[Any]
) -> None:
    exchange = Exchange.BINANCE_FUTURES
    script.say(funding(exchange, info))
    page = await fetch_funding_rates(exchanges[exchange], [instrument(exchange)], skew_ms=SKEW)
    assert [row.funding_interval_hours for row in page.rows] == [8]
    assert [row.next_funding_time for row in page.rows] == [FUNDING + 8 * HOUR]


@each_future
@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"lastFundingRate": "", "fundingRate": "", "funding_rate": ""}, "is '', not a number"),
        ({"nextFundingTime": "0", "funding_next_apply": 0}, "not a time"),
        ({"nextFundingTime": "soon", "funding_next_apply": "soon"}, "'soon', not a time"),
        ({"markPrice": "x", "mark_price": "x"}, "is 'x', not a number"),
    ],
)
async def test_malformed_funding_is_refused_alone(
    exchanges: Exchanges,
    script: Scripted,
    exchange: Exchange,
    cells: dict[str, Any],
    reason: str,
) -> None:
    script.say(funding(exchange, [], **cells))
    wanted = [instrument(exchange), instrument(exchange, "ETH", 8)]
    page = await fetch_funding_rates(exchanges[exchange], wanted, skew_ms=SKEW)
    assert [row.symbol_id for row in page.rows] == [8]
    ((symbol_id, refused),) = page.rejected
    assert symbol_id == 7
    assert reason in refused.reason


@each_future
async def test_an_interval_nobody_tells_leaves_the_payment_after_open(
    exchanges: Exchanges, script: Scripted, exchange: Exchange
) -> None:
    untold = {"fundingIntervalHour": "", "funding_interval": None}
    info = [{"symbol": "BTCUSDT", "fundingIntervalHours": None}]
    script.say(funding(exchange, info, **untold))
    page = await fetch_funding_rates(exchanges[exchange], [instrument(exchange)], skew_ms=SKEW)
    (row,) = page.rows
    assert (row.funding_interval_hours, row.next_funding_time) == (None, None)


@pytest.mark.parametrize("exchange", [one for one in Exchange if one not in FUTURES])
async def test_spot_knows_no_funding(
    exchanges: Exchanges, script: Scripted, exchange: Exchange
) -> None:
    with pytest.raises(NotSupported, match="no funding_rates there"):
        await fetch_funding_rates(exchanges[exchange], [instrument(exchange)], skew_ms=SKEW)
    assert not script.requests
