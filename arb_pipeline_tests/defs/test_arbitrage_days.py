"""Whole days computed again: the same as was stored, or what changed since; nothing invented."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import dagster as dg
import pytest

from arb_pipeline import settings as settings_module
from arb_pipeline.defs.partitions import ExchangeDay
from arb_pipeline.model import DAY_MS, Exchange, now_ms
from arb_pipeline_tests.defs.arbitrage_rows import BUY, MINUTE, SELL, Desk
from arb_pipeline_tests.defs.snapshot_rows import Snapshots

YESTERDAY = now_ms() // DAY_MS * DAY_MS - DAY_MS
NOON = YESTERDAY + DAY_MS // 2


@pytest.fixture
def desk(rows: Snapshots) -> Iterator[Desk]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield Desk(rows, instance)


def set_up(desk: Desk) -> tuple[int, int]:
    """A perpetual to buy with 10 BTC a contract, paying 0.01 % in an hour; spot to sell at."""
    perpetual, spot = desk.listed(BUY, size="10"), desk.listed(SELL)
    desk.funding(NOON - MINUTE, perpetual, "0.0001", NOON + 60 * MINUTE)
    for minute, bid in enumerate(("100.5", "101", "100.8", "100")):
        at = NOON + minute * MINUTE
        desk.beat(at, {perpetual: ("99", "100"), spot: (bid, "102")})
    return perpetual, spot


def test_a_day_computed_again_is_what_it_was(desk: Desk) -> None:
    set_up(desk)
    result = desk.compute(YESTERDAY)
    assert result.success
    stored = desk.stored()
    # Of cost 100: bid - 100 - 100 × 0.0005 - bid × 0.001 - 100 × 0.0001; fees of the settings.
    assert desk.nets() == [Decimal("33.95"), Decimal("83.9"), Decimal("63.92")]
    assert {row[1] for row in stored} == {stored[0][1]}
    # 2 contracts of 10 BTC against 2 BTC.
    assert {row[9] for row in desk.select("SELECT * FROM arbitrage_opportunities")} == {2}

    assert desk.compute(YESTERDAY).success
    assert desk.stored() == stored
    # Buying on the other exchange is none of this partition's business.
    assert desk.compute(YESTERDAY, SELL).success
    assert desk.stored() == stored

    key = str(ExchangeDay(BUY, YESTERDAY).key)
    event = desk.instance.fetch_materializations(
        dg.AssetRecordsFilter(
            asset_key=dg.AssetKey("arbitrage_opportunities"), asset_partitions=[key]
        ),
        limit=1,
    ).records[0]
    assert event.asset_materialization is not None
    told = event.asset_materialization.metadata
    assert [told[name].value for name in ("beats", "opportunities", "best net (bps)")] == [
        4, 3, 83.9,
    ]  # fmt: skip
    assert "data:image/png" in str(told["chart"].value)


def test_ids_and_peaks_go_on_from_the_beats_before(desk: Desk) -> None:
    perpetual, spot = set_up(desk)
    desk.compute(YESTERDAY)
    before = desk.stored()
    # One beat without it is borne, two are not.
    for minute, bid in ((4, "100.4"), (5, "100"), (6, "100"), (7, "100.4")):
        desk.beat(NOON + minute * MINUTE, {perpetual: ("99", "100"), spot: (bid, "102")})
    desk.compute(YESTERDAY)
    after = desk.stored()
    assert after[:3] == before
    assert len(after) == 5
    assert after[3][1] == before[0][1]
    assert after[4][1] != before[0][1]
    peaks = desk.select("SELECT peak_net_bps FROM arbitrage_opportunities ORDER BY timestamp")
    assert [peak.normalize() for (peak,) in peaks[3:]] == [Decimal("83.9"), Decimal("23.96")]


def test_what_changed_is_written_and_what_is_gone_is_deleted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(desk)
    desk.compute(YESTERDAY)
    # Spot at 0.5 %: of 101 remain 100.495, of 100.8 100.296, of 100.5 99.9975.
    monkeypatch.setenv("ARB_TAKER_FEES", "BINANCE_FUTURES=0.0005,BINANCE_SPOT:BTCUSDT=0.005")
    settings_module.settings.cache_clear()
    desk.compute(YESTERDAY)
    assert desk.nets() == [Decimal("43.5"), Decimal("23.6")]


def test_without_books_nothing_is_touched(desk: Desk) -> None:
    set_up(desk)
    desk.compute(YESTERDAY)
    before, beats = desk.stored(), desk.select("SELECT * FROM arbitrage_beats ORDER BY 1, 2")
    assert beats
    desk.rows.execute("TRUNCATE book_ticker_snapshots")
    assert desk.compute(YESTERDAY).success
    assert desk.stored() == before
    assert desk.select("SELECT * FROM arbitrage_beats ORDER BY 1, 2") == beats


def test_what_was_left_out_is_counted_in_the_database(desk: Desk) -> None:
    perpetual, spot = desk.listed(BUY), desk.listed(SELL)
    usdc, alone = desk.listed(SELL, quote="USDC"), desk.listed(SELL, base="ETH")
    mexc = desk.listed(Exchange.MEXC_SPOT)
    desk.beat(
        NOON,
        {perpetual: ("99", "100"), spot: ("101", "101"), usdc: ("99", "100"), alone: ("1", "2"),
         mexc: ("99", "100")},
    )  # fmt: skip
    # A minute later nothing but that minute's books of MEXC: the others are stale.
    desk.beat(NOON + MINUTE, {mexc: ("99", "100")})
    desk.compute(YESTERDAY)
    counts = desk.select(
        "SELECT buy_exchange, book_count, stale_count, crossed_count, alone_count, pair_count,"
        " no_conversion_count, no_funding_count FROM arbitrage_beats_named"
        " ORDER BY timestamp, buy_exchange"
    )
    assert counts == [
        # The perpetual: no rate to USDC, no funding. Spot: crossed; USDC; a lonely ETH.
        (BUY.value, 1, 0, 0, 0, 2, 1, 1),
        (SELL.value, 3, 0, 1, 1, 2, 2, 0),
        (BUY.value, 1, 1, 0, 0, 0, 0, 0),
        (SELL.value, 3, 3, 0, 0, 0, 0, 0),
    ]


def test_quantities_are_what_can_be_ordered_of_both_symbols(desk: Desk) -> None:
    perpetual, spot = set_up(desk)
    # 2 BTC are offered on spot: three halves of them, or not one contract of 10.
    desk.select(f"UPDATE symbols SET lot_size = 1.5 WHERE id = {spot} RETURNING 1")
    assert desk.compute(YESTERDAY).success
    assert desk.select("SELECT DISTINCT quantity FROM arbitrage_opportunities") == [(1.5,)]
    desk.select(f"UPDATE symbols SET lot_size = 10 WHERE id = {perpetual} RETURNING 1")
    assert desk.compute(YESTERDAY).success
    assert desk.stored() == []
    counted = (
        "SELECT too_small_count FROM arbitrage_beats_named WHERE buy_exchange = '{}' ORDER BY 1"
    )
    assert desk.select(counted.format(BUY)) == [(0,), (1,), (1,), (1,)]
    # Of the three bids, only two units at 101 are worth that much; two at 100.8 are just not.
    desk.select("UPDATE symbols SET lot_size = NULL RETURNING 1")
    desk.select(f"UPDATE symbols SET min_notional = 201.61 WHERE id = {spot} RETURNING 1")
    assert desk.compute(YESTERDAY).success
    assert desk.select("SELECT sell_price FROM arbitrage_opportunities") == [(101,)]
    for least, count in ((2, 1), (Decimal("2.001"), 0)):
        desk.select(f"UPDATE symbols SET min_quantity = {least} WHERE id = {perpetual} RETURNING 1")
        assert desk.compute(YESTERDAY).success
        assert desk.select("SELECT count(*) FROM arbitrage_opportunities") == [(count,)]
