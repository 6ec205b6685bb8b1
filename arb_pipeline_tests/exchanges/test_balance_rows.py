"""Rows of accounts: exact to the last digit, or refused by name."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from arb_pipeline.model import Company, Exchange, now_ms
from arb_pipeline_tests.exchanges.accounts import (
    HOUR,
    LONG,
    WIDE,
    account,
    balances,
    each_exchange,
    row,
)
from arb_pipeline_tests.exchanges.sampled import is_an_hour_off
from arb_pipeline_tests.exchanges.scripted import Scripted


@each_exchange
async def test_every_digit_is_kept(script: Scripted, exchange: Exchange) -> None:
    rows = [row(exchange, "USDT", WIDE)]
    if exchange is not Exchange.GATEIO_FUTURES:
        rows += [
            row(exchange, "usdt", LONG),
            row(exchange, "USDT.e", "0"),
            row(exchange, "币", "1"),
        ]
    script.say(account(exchange, rows))
    page = await balances(script.url, exchange)
    found = {one.asset_name: str(one.total_balance) for one in page.rows}
    # Two names one code could stand for are two assets.
    expected = [("USDT", WIDE), ("usdt", LONG), ("USDT.e", "0"), ("币", "1")]
    assert found == dict(expected[: len(rows)])
    assert page.rejected == []


SENSELESS = [("-1", -1), ("9" * 60, Decimal("9" * 60))]


@each_exchange
@pytest.mark.parametrize(("sent", "kept"), SENSELESS)
async def test_what_makes_no_sense_is_left_to_the_schema(
    script: Scripted, exchange: Exchange, sent: str, kept: Decimal
) -> None:
    script.say(account(exchange, [row(exchange, "A" * 70, sent)]))
    (one,) = (await balances(script.url, exchange)).rows
    assert [one.asset_name, one.available_balance, one.locked_balance] == ["A" * 70, kept, 0]


@each_exchange
@pytest.mark.parametrize(
    ("asset", "amount", "reason"),
    [
        ("BTC", "NaN", "'NaN', not a number"),
        ("BTC", None, "null, not a number"),
        ("", "1", "not the name of an asset"),
        (None, "1", "null, not the name of an asset"),
    ],
)
async def test_a_malformed_row_is_refused_and_the_rest_kept(
    script: Scripted, exchange: Exchange, asset: Any, amount: Any, reason: str
) -> None:
    bad = row(exchange, asset, amount)
    only = exchange is Exchange.GATEIO_FUTURES
    script.say(account(exchange, [bad] if only else [bad, row(exchange, "ETH", "2")]))
    page = await balances(script.url, exchange)
    assert [one.asset_name for one in page.rows] == ([] if only else ["ETH"])
    ((symbol_id, refused),) = page.rejected
    assert symbol_id is None
    assert reason in refused.reason


@pytest.mark.parametrize("exchange", [Exchange.BINANCE_SPOT, Exchange.BYBIT_SPOT])
async def test_contradictions_and_strays_are_refused(script: Scripted, exchange: Exchange) -> None:
    rows: list[Any] = [row(exchange, "BTC", "1"), row(exchange, "ETH", "2"), 5]
    rows += [row(exchange, "BTC", "3"), row(exchange, "ETH", "2")]
    script.say(account(exchange, rows))
    page = await balances(script.url, exchange)
    assert [one.asset_name for one in page.rows] == ["ETH"]
    reasons = sorted(refused.reason for _, refused in page.rejected)
    assert reasons == ["the row is no object"] + ["two different rows for one asset"] * 2


@pytest.mark.parametrize("exchange", [one for one in Exchange if one.company is not Company.GATEIO])
async def test_a_clock_ahead_is_not_believed(script: Scripted, exchange: Exchange) -> None:
    theirs = now_ms() + HOUR
    script.say(account(exchange, [row(exchange, "BTC", "1")], theirs))
    page = await balances(script.url, exchange)
    assert list(page.rows) == []
    assert is_an_hour_off(page.rejected[0][1].reason, "ahead of")
    assert page.rejected[0][1].timestamp == theirs
    # The time of the last change may be long ago; Bybit's is the time of the answer.
    long_ago = now_ms() - 1000 * HOUR
    script.say(account(exchange, [row(exchange, "BTC", "1")], long_ago))
    page = await balances(script.url, exchange)
    believed = [one.exchange_timestamp for one in page.rows]
    assert believed == ([] if exchange.company is Company.BYBIT else [long_ago])


FUTURES = [Exchange.BINANCE_FUTURES, Exchange.GATEIO_FUTURES]


@pytest.mark.parametrize("exchange", FUTURES)
@pytest.mark.parametrize(
    ("wallet", "usable", "available", "locked"),
    [
        ("100", "60.5", "60.5", "39.5"),
        ("100", "130", "100", "0"),  # profit on positions is no holding
        ("0", "55", "0", "0"),  # other assets serve as margin for this one
        ("100", "-20", "0", "100"),
        ("-5", "0", "-5", "0"),
    ],
)
async def test_the_total_is_the_wallets_whatever_may_be_used(
    script: Scripted, exchange: Exchange, wallet: str, usable: str, available: str, locked: str
) -> None:
    one = row(exchange, "USDT", usable)
    one["balance" if exchange is Exchange.BINANCE_FUTURES else "total"] = wallet
    script.say(account(exchange, [one]))
    (found,) = (await balances(script.url, exchange)).rows
    assert (found.available_balance, found.locked_balance) == (Decimal(available), Decimal(locked))
    assert found.total_balance == Decimal(wallet)


async def test_what_bybit_binds_and_lends(script: Scripted) -> None:
    coin = {"coin": "USDT", "walletBalance": "100", "locked": "10", "totalOrderIM": "5.5"}
    coin |= {"totalPositionIM": "20", "borrowAmount": "7.25", "accruedInterest": "0.0125"}
    script.say(account(Exchange.BYBIT_SPOT, [coin]))
    (one,) = (await balances(script.url, Exchange.BYBIT_SPOT)).rows
    assert (one.available_balance, one.locked_balance) == (Decimal("64.5"), Decimal("35.5"))
    assert (one.borrowing_balance, one.interest_balance) == (Decimal("7.25"), Decimal("0.0125"))
    script.say(account(Exchange.BYBIT_SPOT, [{"coin": "USDT", "walletBalance": "1"}]))
    (one,) = (await balances(script.url, Exchange.BYBIT_SPOT)).rows
    assert (one.borrowing_balance, one.interest_balance) == (None, None)
