"""Balances on a real TimescaleDB: exact, without dust, a zero once for what is gone."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal

import pytest

from arb_pipeline.model import Exchange, Rejection
from arb_pipeline.model.snapshots import BalanceSnapshot
from arb_pipeline.storage.database import Pool
from arb_pipeline_tests.storage.samples import MINUTE, START, Account


async def held(pool: Pool) -> dict[str, str]:
    rows = await pool.fetch("SELECT asset_name, total_balance::TEXT FROM latest_balances_named")
    return {row["asset_name"]: row["total_balance"] for row in rows}


async def test_totals_are_exact_to_the_last_digit(pool: Pool) -> None:
    account = await Account.of(pool)
    row = BalanceSnapshot(
        account.exchange_id,
        START,
        "SHIB",
        Decimal("12345678901234567890.000000000000000000100"),
        Decimal("1E-24"),
        frozen_balance=Decimal("0.50"),
    )
    counts = await account.store_rows(0, [row])
    assert (counts.stored, counts.dust, counts.zeroed, counts.rejected) == (1, 0, 0, 0)
    exact = "12345678901234567890.000000000000000000100001"
    assert await account.history("SHIB") == [(0, exact)]
    assert await held(pool) == {"SHIB": exact}
    kept = await pool.fetchrow("SELECT frozen_balance::TEXT, interest_balance FROM latest_balances")
    assert kept is not None
    assert tuple(kept) == ("0.50", None)


async def test_dust_is_counted_and_not_stored(pool: Pool) -> None:
    account = await Account.of(pool)
    amounts = {"BTC": "0.0001", "ETH": "0.00009999", "XRP": "1E-18", "TRX": "0", "USDT": "7"}
    counts = await account.store(0, **amounts)
    assert (counts.stored, counts.dust, counts.empty, counts.zeroed) == (2, 2, 1, 0)
    assert await held(pool) == {"BTC": "0.0001", "USDT": "7"}
    # Without a threshold only what is not there at all is left out.
    account.threshold = Decimal(0)
    counts = await account.store(1, **amounts)
    assert (counts.stored, counts.dust, counts.empty, counts.zeroed) == (4, 0, 1, 0)


async def test_what_is_gone_is_stored_as_zero_once(pool: Pool) -> None:
    account = await Account.of(pool)
    await account.store(0, BTC="1", ETH="2", XRP="3", USDT="4")
    counts = await account.store(1, ETH="0", XRP="0.00001", USDT="4")
    assert (counts.stored, counts.dust, counts.empty, counts.zeroed) == (1, 1, 1, 3)
    counts = await account.store(2, ETH="0", USDT="4")
    assert (counts.stored, counts.zeroed) == (1, 0)
    for asset, amount in (("BTC", "1"), ("ETH", "2"), ("XRP", "3")):
        assert await account.history(asset) == [(0, amount), (1, "0")]
    assert await held(pool) == {"USDT": "4"}
    await account.store(3, BTC="5", USDT="4")
    await account.store(4, USDT="4")
    assert await account.history("BTC") == [(0, "1"), (1, "0"), (3, "5"), (4, "0")]


async def test_an_account_that_lists_nothing_any_more_is_empty(pool: Pool) -> None:
    account = await Account.of(pool)
    await account.store(0, BTC="1")
    assert (await account.store(1)).zeroed == 1
    assert (await account.store(2)).zeroed == 0
    assert await account.history("BTC") == [(0, "1"), (1, "0")]


async def test_accounts_do_not_touch_each_other(pool: Pool) -> None:
    one = await Account.of(pool, Exchange.BYBIT_SPOT)
    other = await Account.of(pool, Exchange.MEXC_SPOT)
    await one.store(0, BTC="1")
    assert (await other.store(1, ETH="1")).zeroed == 0
    with pytest.raises(ValueError, match="another account"):
        await one.store_rows(2, [BalanceSnapshot(other.exchange_id, START, "ETH", Decimal(1))])
    assert await held(pool) == {"BTC": "1", "ETH": "1"}


async def test_the_same_sample_twice_adds_nothing(pool: Pool) -> None:
    account = await Account.of(pool)
    await account.store(0, BTC="1", ETH="2")
    for unchanged, zeroed in ((0, 1), (1, 0)):
        counts = await account.store(1, ETH="3")
        assert (counts.stored, counts.unchanged, counts.zeroed) == (
            1 - unchanged,
            unchanged,
            zeroed,
        )
    assert await pool.fetchval("SELECT count(*) FROM balance_snapshots") == 4


async def test_a_sample_that_comes_late_does_not_change_what_is_held(pool: Pool) -> None:
    account = await Account.of(pool)
    await account.store(2, BTC="1", ETH="2")
    assert (await account.store(1, BTC="9")).zeroed == 0
    assert await held(pool) == {"BTC": "1", "ETH": "2"}
    assert await account.history("BTC") == [(1, "9"), (2, "1")]
    await account.store(4)
    assert (await account.store(3, BTC="9")).zeroed == 0
    assert await held(pool) == {}


async def test_what_the_schema_refuses_is_kept_and_the_rest_is_stored(pool: Pool) -> None:
    account = await Account.of(pool)
    good = {f"GOOD{index}": "1.5" for index in range(20)}
    bad = {"NEG": "-1", "A" * 70: "1", "NAN": "NaN", "INF": "Infinity", "S NAN": "sNaN"}
    for minute in (0, 1):
        counts = await account.store(minute, **good, **bad)
        assert (counts.stored, counts.rejected, counts.dust) == (20, 5, 0)
    assert await held(pool) == good
    kept = await pool.fetch("SELECT * FROM rejected_records")
    reasons = {json.loads(row["payload"])["asset_name"]: row["reason"] for row in kept}
    assert reasons["A" * 70] == "violates chk_valid_asset_name"
    for asset in ("NEG", "NAN", "INF"):
        assert reasons[asset] == "violates chk_positive_balances"
    assert "sNaN" in reasons["S NAN"]
    assert {row["exchange_id"] for row in kept} == {account.exchange_id}
    assert {(row["symbol_id"], row["data_set"]) for row in kept} == {(None, "balances")}
    # Refused with every sample: counted, and the latest time is kept.
    assert {row["occurrences"] for row in kept} == {2}
    assert {row["timestamp"].timestamp() * 1000 for row in kept} == {START + MINUTE}


@pytest.mark.parametrize("asset", ["\x00", "\ud800", "B\tC", ""])
async def test_names_no_database_takes(pool: Pool, asset: str) -> None:
    account = await Account.of(pool)
    counts = await account.store(0, **{asset: "1", "DUST" + asset: "1E-9", "BTC": "1"})
    refused = 1 if asset == "" else 2
    assert (counts.stored, counts.rejected) == (1, refused)
    assert await pool.fetchval("SELECT count(*) FROM rejected_records") == refused


async def test_what_is_unreadable_is_not_taken_for_gone(pool: Pool) -> None:
    account = await Account.of(pool)
    await account.store(0, BTC="1", ETH="1", XRP="1")
    # BTC refused by the schema, ETH before it came so far, XRP really gone.
    row = Rejection('{"coin": "ETH", "free": "x"}', "free is no number")
    assert (await account.store(1, row, BTC="-1")).zeroed == 1
    assert sorted(await held(pool)) == ["BTC", "ETH"]
    # A row that does not say whose it is may be anybody's.
    for payload in ('{"free": "12"}', "no JSON", "[]"):
        assert (await account.store(2, Rejection(payload, "no asset"))).zeroed == 0
    assert (await account.store(3)).zeroed == 2


async def test_two_rows_of_one_asset_that_differ(pool: Pool) -> None:
    account = await Account.of(pool)
    rows = [
        BalanceSnapshot(account.exchange_id, START, "BTC", Decimal(amount))
        for amount in ("1", "1", "2")
    ]
    counts = await account.store_rows(0, rows)
    assert (counts.stored, counts.rejected) == (1, 1)
    assert counts.refused[0][1].reason == "another row of the same sample says otherwise"
    assert await held(pool) == {"BTC": "1"}


async def test_samples_stored_at_once_store_one_zero(pool: Pool) -> None:
    account = await Account.of(pool)
    many = {f"A{index}": "1" for index in range(300)}
    turned = dict(reversed(many.items()))
    await account.store(0, BTC="1", **many)
    counts = await asyncio.gather(
        *(account.store(minute, **(many if minute % 2 else turned)) for minute in (1, 2, 3, 4))
    )
    assert sum(one.zeroed for one in counts) == 1
    assert sum(one.stored for one in counts) == 4 * 300
    assert [total for _, total in await account.history("BTC")] == ["1", "0"]
