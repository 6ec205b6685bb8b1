"""Questions about balances, also as frames: exact, by exchange, by asset, both, none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import pytest

from arb_pipeline.model import Exchange, Interval, now_ms
from arb_pipeline.model.snapshots import BalanceSnapshot
from arb_pipeline.storage import queries
from arb_pipeline.storage.database import Connection, Pool
from arb_pipeline_tests.storage.samples import MINUTE, START, Account

TINY = "0.000000000000000000123"


@pytest.fixture
async def connection(pool: Pool) -> AsyncIterator[Connection]:
    """A database with two accounts: BTC on both, ETH gone from the second."""
    one = await Account.of(pool, Exchange.BINANCE_SPOT)
    other = await Account.of(pool, Exchange.BYBIT_SPOT)
    one.threshold = Decimal(0)
    await one.store(0, BTC="1.10", ETH=TINY)
    await other.store(0, BTC="2.05", ETH="5", 币安人生="7")
    await other.store(1, BTC="2.06", 币安人生="7")
    async with pool.acquire() as connection:
        yield connection


async def test_latest_by_exchange_by_asset_by_both_and_by_none(connection: Connection) -> None:
    async def latest(
        exchanges: list[Exchange] | None = None, assets: list[str] | None = None
    ) -> list[tuple[str, str, str]]:
        found = await queries.latest_balances(connection, exchanges, assets)
        return [
            (str(row.exchange), str(row.asset_name), str(row.total_balance))
            for row in found.itertuples()
        ]

    tiny = str(Decimal(TINY))
    first = [("BINANCE_SPOT", "BTC", "1.10"), ("BINANCE_SPOT", "ETH", tiny)]
    second = [("BYBIT_SPOT", "BTC", "2.06"), ("BYBIT_SPOT", "币安人生", "7")]
    assert await latest() == first + second
    assert await latest([Exchange.BYBIT_SPOT]) == second
    assert await latest(assets=["BTC", "ETH"]) == [*first, second[0]]
    assert await latest([Exchange.BYBIT_SPOT], ["BTC"]) == [second[0]]
    assert await latest([Exchange.BYBIT_SPOT], ["ETH"]) == []
    assert await latest([], None) == []


async def test_totals_add_up_across_exchanges(connection: Connection) -> None:
    found = (await queries.total_balances(connection)).set_index("asset_name")
    assert found["total_balance"].to_dict() == {
        "BTC": Decimal("3.16"),
        "ETH": Decimal(TINY),
        "币安人生": Decimal(7),
    }
    assert found["exchange_count"].to_dict() == {"BTC": 2, "ETH": 1, "币安人生": 1}
    assert found.loc["BTC", "oldest"].timestamp() * 1000 == START  # type: ignore[union-attr]
    only = await queries.total_balances(connection, ["BTC", "NONE"])
    assert list(only["asset_name"]) == ["BTC"]


async def test_the_window_of_accounts_is_half_open(connection: Connection) -> None:
    ids = list((await queries.latest_balances(connection))["exchange_id"].unique())
    window = await queries.balances(connection, ids, Interval(START, START + MINUTE))
    assert len(window) == 5
    after = await queries.balances(connection, ids, Interval(START + MINUTE, START + 2 * MINUTE))
    assert list(zip(after["asset_name"], after["total_balance"], strict=True)) == [
        ("BTC", Decimal("2.06")),
        ("ETH", Decimal(0)),
        ("币安人生", Decimal(7)),
    ]
    assert (await queries.balances(connection, ids[:0], Interval(0, START * 2))).empty


async def test_history_is_what_was_held_in_the_last_hours(pool: Pool) -> None:
    account = await Account.of(pool)
    other = await Account.of(pool, Exchange.MEXC_SPOT)
    now = now_ms()
    for hours, amount in ((30, "1"), (20, "2.000000000000000000001"), (10, None), (1, "4")):
        at = now - hours * 60 * MINUTE
        rows = [BalanceSnapshot(account.exchange_id, at, "USDT", Decimal(100))]
        if amount:
            rows.append(replace(rows[0], asset_name="BTC", available_balance=Decimal(amount)))
        await account.store_rows(0, rows)
    at = now - 15 * 60 * MINUTE
    await other.store_rows(0, [BalanceSnapshot(other.exchange_id, at, "BTC", Decimal(9))])
    async with pool.acquire() as connection:
        day = await queries.balance_history(connection, "BTC", 24)
        assert [str(total) for total in day["total_balance"]] == [
            "2.000000000000000000001", "9", "0", "4",
        ]  # fmt: skip
        own = await queries.balance_history(connection, "BTC", 24, Exchange.BINANCE_SPOT)
        assert [str(total) for total in own["total_balance"]] == [
            "2.000000000000000000001", "0", "4",
        ]  # fmt: skip
        nothing = await queries.balance_history(connection, "BTC", 0.5)
    assert nothing.empty
    assert list(nothing.columns) == list(own.columns)
