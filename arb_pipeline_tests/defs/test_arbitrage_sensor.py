"""When beats are computed: each once, as soon as it is complete, and none is lost."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import dagster as dg
import pytest

from arb_pipeline import settings as settings_module
from arb_pipeline.defs.partitions import ExchangeDay
from arb_pipeline.model import DAY_MS, DataSet, Exchange, now_ms
from arb_pipeline_tests.defs.arbitrage_rows import MINUTE, SELL, Desk
from arb_pipeline_tests.defs.snapshot_rows import Snapshots

BOOKS = DataSet.BOOK_TICKERS


@pytest.fixture
def desk(rows: Snapshots) -> Iterator[Desk]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield Desk(rows, instance)


def two(desk: Desk) -> dict[int, tuple[str, str]]:
    """Books of two spot exchanges that leave 80 basis points: 101 - 100 - 0.1 - 0.101 = 0.799."""
    other = desk.listed(Exchange.MEXC_SPOT)
    return {desk.listed(SELL): ("99", "100"), other: ("101", "102")}


def test_each_beat_is_computed_once_and_shown_as_materialized(desk: Desk) -> None:
    books = two(desk)
    assert desk.tick() == "no new beat"
    now = now_ms()
    for ago in (3, 2, 1):
        desk.beat(now - ago * MINUTE, books)
    assert desk.tick().startswith("computed 3 beat(s) up to ")
    assert desk.nets() == [Decimal("79.9")] * 3
    assert desk.tick() == "no new beat"

    days = {(now - ago * MINUTE) // DAY_MS * DAY_MS for ago in (3, 2, 1)}
    keys = {str(ExchangeDay(one, day).key) for one in (SELL, Exchange.MEXC_SPOT) for day in days}
    key = dg.AssetKey("arbitrage_opportunities")
    assert desk.instance.get_materialized_partitions(key) == keys  # not of those without books
    latest = desk.instance.get_latest_materialization_event(key)
    assert latest is not None


def test_a_beat_that_enters_the_books_late_is_not_lost(desk: Desk) -> None:
    books = two(desk)
    now = now_ms()
    desk.beat(now - 2 * MINUTE, books)
    desk.tick()
    desk.beat(now - 3 * MINUTE, books)
    assert desk.tick().startswith("computed 1 beat(s)")
    assert len(desk.nets()) == 2
    # Whoever lost the cursor computes nothing twice.
    desk.cursor = None
    assert desk.tick() == "no new beat"


def test_what_is_still_being_sampled_is_waited_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARB_FUNDING_RATES_MINUTES", "1")
    settings_module.settings.cache_clear()
    books, now = two(desk), now_ms()
    desk.beat(now - 1_000, books, tuple(Exchange), BOOKS)
    assert desk.tick() == "no new beat"
    desk.beat(now - 1_000, {}, tuple(Exchange), DataSet.FUNDING_RATES)
    assert desk.tick().startswith("computed 1 beat(s)")
    # The rest of an older one does not come any more.
    desk.beat(now - 2 * MINUTE, books, tuple(Exchange), BOOKS)
    assert desk.tick().startswith("computed 1 beat(s)")


def test_what_others_sampled_is_no_beat_of_books(desk: Desk) -> None:
    two(desk)
    desk.beat(now_ms() - MINUTE, {}, tuple(Exchange), DataSet.TICKERS)
    assert desk.tick() == "no new beat"


def test_rates_between_quotes_are_stored_with_the_beat_and_used(desk: Desk) -> None:
    spot, usdc = desk.listed(SELL), desk.listed(Exchange.MEXC_SPOT, quote="USDC")
    pair = desk.listed(Exchange.BYBIT_SPOT, base="USDC")
    now = now_ms()
    desk.beat(now - 3 * MINUTE, {spot: ("99", "100"), usdc: ("102", "103")})
    desk.tick()
    assert desk.nets() == []
    desk.beat(
        now - 2 * MINUTE,
        {spot: ("99", "100"), usdc: ("102", "103"), pair: ("0.995", "0.9975")},
    )
    desk.tick()
    # 102 × 0.995 = 101.49; fees 0.1 + 0.10149.
    assert desk.nets() == [Decimal("128.851")]
    rates = "SELECT from_currency, to_currency, rate, exchange FROM conversion_rates_named"
    assert desk.select(f"{rates} ORDER BY 1") == [
        ("USDC", "USDT", Decimal("0.995"), "BYBIT_SPOT"),
        ("USDT", "USDC", Decimal("1.00250626566416040"), "BYBIT_SPOT"),
    ]
    # A person knows better, for as long as said.
    desk.rows.execute(
        "INSERT INTO conversion_rates (timestamp, from_currency, to_currency, rate, valid_until)"
        " VALUES (now() - interval '1 hour', 'USDC', 'USDT', 0.99, now() + interval '1 hour')"
    )
    desk.beat(now - MINUTE, {spot: ("99", "100"), usdc: ("102", "103")})
    desk.tick()
    # 102 × 0.99 = 100.98; fees 0.1 + 0.10098.
    assert desk.nets()[1:] == [Decimal("77.902")]


def test_a_stale_rate_is_not_used(desk: Desk) -> None:
    spot, usdc = desk.listed(SELL), desk.listed(Exchange.MEXC_SPOT, quote="USDC")
    desk.rows.execute(
        "INSERT INTO conversion_rates VALUES"
        " (now() - interval '400 s', 'USDC', 'USDT', 0.99, NULL, NULL),"
        " (now() - interval '7 min', 'USDT', 'USDC', 2, NULL, now() - interval '6 min')"
    )
    desk.beat(now_ms() - MINUTE, {spot: ("99", "100"), usdc: ("102", "103")})
    desk.tick()
    counted = desk.select(
        "SELECT sum(no_conversion_count), sum(opportunity_count) FROM arbitrage_beats"
    )
    assert counted == [(2, 0)]


def test_balances_limit_where_they_are_asked_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    books, at = two(desk), now_ms() - MINUTE
    monkeypatch.setenv("ARB_LIMIT_TO_BALANCES", "true")
    settings_module.settings.cache_clear()
    desk.rows.execute(
        "INSERT INTO balance_snapshots (timestamp, exchange_id, asset_name, available_balance)"
        " SELECT now() - interval '3 min', id, asset, 0.25 * price FROM exchanges,"
        " (VALUES ('BTC', 1), ('USDT', 400)) AS a (asset, price)"
        f" WHERE enum_value IN ('{SELL}', '{Exchange.MEXC_SPOT}')"
    )
    desk.beat(at, books)
    desk.tick()
    # 100 USDT would buy nearly one; a quarter is there to be sold.
    found = desk.select("SELECT quantity, net_bps FROM arbitrage_opportunities")
    assert found == [(Decimal("0.25"), Decimal("79.9"))]
