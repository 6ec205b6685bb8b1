"""Synchronising symbols: new, changed, renamed, delisted, relisted, malformed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from arb_pipeline.model import Exchange, Listing, Rejection
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.listings import SuspiciousListingsError, SyncReport, sync_listings
from arb_pipeline.storage.reference import Reference, track

SPOT = Exchange.GATEIO_SPOT
DAY_1, DAY_2, DAY_3 = 1_767_225_600_000, 1_767_312_000_000, 1_767_398_400_000


def listing(symbol: str, **values: Any) -> Listing:
    base, _, quote = symbol.partition("_")
    usual: dict[str, Any] = {
        "exchange": SPOT,
        "exchange_symbol": symbol,
        "base": base,
        "quote": quote or "USDT",
        "status": "tradable",
        "is_active": True,
        "tick_size": "0.01",
        "taker_fee": "0.002",
        "listed_at": 1_500_000_000_123,
    }
    return Listing(**(usual | values))


NAMES = ("BTC_USDT", "ETH_USDT", "币安人生_USDT", "1000SATS_USDT", "USDC-TRX_USDT", "GTC_HT_USDT")
UNIVERSE = [listing(name) for name in NAMES]


async def sync(pool: Pool, listings: Sequence[Listing], at: int, **options: Any) -> SyncReport:
    async with pool.acquire() as connection:
        return await sync_listings(connection, SPOT, listings, at, **options)


async def row(pool: Pool, symbol: str) -> dict[str, Any]:
    found = await pool.fetchrow("SELECT * FROM symbols WHERE exchange_symbol = $1", symbol)
    assert found is not None
    return dict(found)


async def test_a_second_sync_changes_nothing(pool: Pool) -> None:
    first = await sync(pool, UNIVERSE, DAY_1)
    assert sorted(first.new) == sorted(NAMES)
    before = await row(pool, "币安人生_USDT")
    assert str(before["tick_size"]) == "0.01"
    assert before["listed_at"].timestamp() * 1000 == 1_500_000_000_123

    assert await sync(pool, UNIVERSE, DAY_2) == SyncReport(unchanged=len(NAMES))
    after = await row(pool, "币安人生_USDT")
    assert after.pop("last_seen_at").timestamp() * 1000 == DAY_2
    assert before.pop("last_seen_at").timestamp() * 1000 == DAY_1
    assert after == before


async def test_a_changed_symbol_keeps_its_id(pool: Pool) -> None:
    await sync(pool, UNIVERSE, DAY_1)
    before = await row(pool, "BTC_USDT")
    same = replace(UNIVERSE[0], tick_size="0.010")  # the same number, written differently
    assert await sync(pool, [same, *UNIVERSE[1:]], DAY_2) == SyncReport(unchanged=6)

    halted = replace(UNIVERSE[0], status="untradable", is_active=False, listed_at=None)
    assert (await sync(pool, [halted, *UNIVERSE[1:]], DAY_3)).changed == ["BTC_USDT"]
    after = await row(pool, "BTC_USDT")
    assert (after["id"], after["status"], after["is_active"]) == (before["id"], "untradable", False)
    assert after["delisted_at"] is None
    assert after["listed_at"] == before["listed_at"], "what an exchange stops telling stays known"


async def test_delisting_and_relisting_mark_and_never_delete(pool: Pool) -> None:
    await sync(pool, UNIVERSE, DAY_1)
    before = await row(pool, "ETH_USDT")
    without = [one for one in UNIVERSE if one.exchange_symbol != "ETH_USDT"]
    assert (await sync(pool, without, DAY_2)).delisted == ["ETH_USDT"]
    gone = await row(pool, "ETH_USDT")
    assert (gone["id"], gone["is_active"]) == (before["id"], False)
    assert gone["delisted_at"].timestamp() * 1000 == DAY_2
    assert await sync(pool, without, DAY_3) == SyncReport(unchanged=5), "delisted only once"

    assert (await sync(pool, UNIVERSE, DAY_3)).relisted == ["ETH_USDT"]
    back = await row(pool, "ETH_USDT")
    assert (back["id"], back["is_active"], back["delisted_at"]) == (before["id"], True, None)


async def test_a_new_name_under_the_same_id_is_a_rename(pool: Pool) -> None:
    await sync(pool, UNIVERSE, DAY_1)
    renamed = replace(UNIVERSE[0], base="XBT", taker_fee="0.001")
    report = await sync(pool, [renamed, *UNIVERSE[1:]], DAY_2)
    assert report == SyncReport(renamed=["BTC_USDT: BTC/USDT → XBT/USDT"], unchanged=5)
    after = await row(pool, "BTC_USDT")
    assert (after["symbol_base"], after["previous_base"], after["previous_quote"]) == (
        "XBT",
        "BTC",
        "USDT",
    )
    assert after["renamed_at"].timestamp() * 1000 == DAY_2


async def test_a_new_id_of_the_same_name_inherits_the_tracking(pool: Pool) -> None:
    await sync(pool, UNIVERSE, DAY_1)
    reference = await Reference.load(pool)
    await track(pool, [reference.find(SPOT, "BTC/USDT")])
    heir = replace(UNIVERSE[0], exchange_symbol="XBT_USDT")
    report = await sync(pool, [heir, *UNIVERSE[1:]], DAY_2)
    assert report == SyncReport(renamed=["BTC_USDT → XBT_USDT"], unchanged=5)
    old, new = await row(pool, "BTC_USDT"), await row(pool, "XBT_USDT")
    assert (old["successor_id"], old["is_active"]) == (new["id"], False)
    assert new["is_tracked"]
    assert (await Reference.load(pool)).find(SPOT, "BTC/USDT").exchange_symbol == "XBT_USDT"


async def test_two_possible_heirs_are_none(pool: Pool) -> None:
    await sync(pool, UNIVERSE, DAY_1)
    heirs = [replace(UNIVERSE[0], exchange_symbol=name) for name in ("A_USDT", "B_USDT")]
    report = await sync(pool, [*heirs, *UNIVERSE[1:]], DAY_2)
    assert (report.new, report.delisted) == (["A_USDT", "B_USDT"], ["BTC_USDT"])
    assert (await row(pool, "BTC_USDT"))["successor_id"] is None


@pytest.mark.parametrize("count", [0, 2])
async def test_a_suspiciously_short_list_changes_nothing(pool: Pool, count: int) -> None:
    await sync(pool, UNIVERSE, DAY_1)
    with pytest.raises(SuspiciousListingsError, match="nothing was changed"):
        await sync(pool, UNIVERSE[:count], DAY_2)
    assert await pool.fetchval("SELECT count(*) FROM symbols WHERE is_active") == len(NAMES)


async def test_a_short_list_is_believed_when_told_so(pool: Pool) -> None:
    await sync(pool, UNIVERSE, DAY_1)
    report = await sync(pool, UNIVERSE[:2], DAY_2, allow_mass_delisting=True)
    assert len(report.delisted) == 4


MALFORMED = {
    "A B_USDT": (listing("A B_USDT"), "chk_exchange_symbol"),
    "too long": (listing("A" * 65), "chk_exchange_symbol"),
    "NaN fee": (listing("N_USDT", taker_fee="NaN"), "chk_taker_fee"),
    "zero step": (listing("Z_USDT", tick_size="0"), "chk_tick_size"),
    "no number": (listing("M_USDT", lot_size="n/a"), "invalid input syntax for type numeric"),
    "late": (listing("L_USDT", listed_at=10**30), "out of range"),
    "zero byte": (listing("0\x00_USDT"), "0x00"),
    "surrogate": (listing("\ud800_USDT"), "surrogate"),
}


async def test_malformed_listings_are_kept_aside_and_the_rest_is_stored(pool: Pool) -> None:
    bad = [one for one, _ in MALFORMED.values()]
    for _ in range(2):
        report = await sync(pool, [*UNIVERSE[:3], *bad, *UNIVERSE[3:]], DAY_1)
        assert len(report.rejected) == len(bad)
    assert report.unchanged == len(NAMES)
    rows = await pool.fetch("SELECT reason, payload, occurrences FROM rejected_records")
    kept = {json.loads(one["payload"])["exchange_symbol"]: one for one in rows}
    assert len(kept) == len(bad)
    for one, reason in MALFORMED.values():
        symbol = one.exchange_symbol.replace("\ud800", "\\ud800")
        match = [entry for name, entry in kept.items() if name in (symbol, one.exchange_symbol)]
        assert match, symbol
        assert reason in match[0]["reason"]
        assert match[0]["occurrences"] == 2


async def test_a_known_symbol_listed_badly_is_not_delisted(pool: Pool) -> None:
    await sync(pool, UNIVERSE, DAY_1)
    bad = replace(UNIVERSE[0], taker_fee="NaN")
    report = await sync(pool, [bad, *UNIVERSE[1:], UNIVERSE[1]], DAY_2)
    assert (report.delisted, report.unchanged, len(report.rejected)) == ([], 5, 2)
    assert (await row(pool, "BTC_USDT"))["delisted_at"] is None


async def test_a_known_symbol_that_could_not_be_read_is_not_delisted(pool: Pool) -> None:
    await sync(pool, UNIVERSE, DAY_1)
    unread = Rejection(json.dumps({"id": "币安人生_USDT", "precision": [None]}), "no precision")
    nonsense = Rejection("<html>", "no JSON")
    others = [one for one in UNIVERSE if one.exchange_symbol not in ("币安人生_USDT", "BTC_USDT")]
    report = await sync(pool, others, DAY_2, refused=[unread, nonsense])
    assert (report.delisted, report.rejected) == (["BTC_USDT"], [unread, nonsense])
    assert await pool.fetchval("SELECT count(*) FROM rejected_records") == 2


async def test_a_list_of_another_exchange_is_refused(pool: Pool) -> None:
    with pytest.raises(ValueError, match="another exchange"):
        await sync(pool, [replace(UNIVERSE[0], exchange=Exchange.MEXC_SPOT)], DAY_1)


async def test_two_syncs_at_once_do_not_race(pool: Pool) -> None:
    reports = await asyncio.gather(*(sync(pool, UNIVERSE, DAY_1) for _ in range(3)))
    assert sorted(len(report.new) for report in reports) == [0, 0, 6]
