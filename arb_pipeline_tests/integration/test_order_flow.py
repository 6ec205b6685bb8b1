"""Order flow from stored books and trades: null until it is known, and written once."""

from __future__ import annotations

from decimal import Decimal

import dagster as dg

from arb_pipeline.defs.derived.io_manager import DerivedIOManager
from arb_pipeline.defs.derived.order_flow import RECENT_TAG, order_flow
from arb_pipeline.defs.launch import materialize_derived
from arb_pipeline.defs.partitions import ExchangeDay
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.model import DAY_MS, now_ms
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline_tests.integration.conftest import Pipeline
from arb_pipeline_tests.integration.flowing import (
    BOOKS,
    CONTRACTS,
    MARCH,
    MINUTE,
    NEWEST,
    SPOT,
    TRADES,
    WINDOW,
    Market,
    market,
)

__all__ = ["market"]


def test_a_window_is_what_its_books_and_trades_say(market: Market) -> None:
    market.books(*BOOKS, (2, 105, 1, 104, 1))  # a crossed book says nothing
    market.trades(*TRADES)
    market.cover(-30, 30)
    assert market.compute().problem is None
    # 3 + 5 - 8; (99 · 2 + 101 · 1) / 3; (1 - 0.2) / 1.2
    assert market.row(NEWEST) == (
        Decimal(0),
        Decimal("99." + "6" * 47 + "7"),
        Decimal("0." + "6" * 49 + "7"),
        Decimal(1),
        Decimal("0.2"),
        3,
        3,
    )


def test_contracts_are_told_in_base_units(pipeline: Pipeline) -> None:
    contracts = Market(pipeline, CONTRACTS, now_ms() // WINDOW * WINDOW - 2 * WINDOW)
    contracts.books(*BOOKS[:3], (4, 99, 10, 101, 2))
    contracts.trades((1, "buy", "30"), (2, "sell", "10"))
    contracts.cover(-10, 20)
    assert contracts.compute().problem is None
    assert contracts.row("ofi_score, buy_volume, sell_volume, volume_imbalance") == (
        Decimal(0), Decimal("0.003"), Decimal("0.001"), Decimal("0.5"),
    )  # fmt: skip


def test_trades_are_null_until_all_are_known_and_a_quiet_window_is_zero(market: Market) -> None:
    market.books(*BOOKS)
    market.trades(*TRADES[:2])
    market.cover(-30, 4)
    assert market.compute().problem is None
    assert market.row(NEWEST)[2:] == (None, None, None, 3, 0)
    assert market.row("ofi_score") == (Decimal(0),)
    before = market.rows("timestamp, xmin::text")
    assert market.compute().problem is None
    assert market.rows("timestamp, xmin::text") == before  # nothing is rewritten

    market.trades(TRADES[2])
    market.cover(-30, 5)
    assert market.compute().problem is None
    assert market.row("buy_volume, sell_volume, trade_count") == (Decimal(1), Decimal("0.2"), 3)
    changed = [
        a for a, b in zip(market.rows("timestamp, xmin::text"), before, strict=True) if a != b
    ]
    assert [at for at, _ in changed] == [market.at(5)]
    quiet = market.rows(f"timestamp, {NEWEST}")[0]  # nobody traded, and no book was sampled
    assert quiet[1:] == (None, None, None, Decimal(0), Decimal(0), 0, 0)


def test_what_was_computed_outlives_the_books_and_trades_it_came_from(market: Market) -> None:
    market.books(*BOOKS)
    market.trades(*TRADES)
    market.cover(-30, 30)
    assert market.compute().problem is None
    known = market.row(NEWEST)
    market.pipeline.rows("DELETE FROM book_ticker_snapshots WHERE timestamp < $1", market.at(2))
    market.pipeline.rows("DELETE FROM trade_snapshots WHERE timestamp < $1", market.at(3))
    assert market.compute(recent=False).problem is None
    assert market.row(NEWEST) == known
    market.pipeline.rows("UPDATE coverage SET present = '{}'")
    assert market.compute(recent=False).problem is None
    assert market.row(NEWEST) == known


def test_a_past_day_is_computed_from_what_is_kept_or_fails_and_says_why(market: Market) -> None:
    yesterday = market.start // DAY_MS * DAY_MS - DAY_MS
    day = Market(market.pipeline, SPOT, yesterday)
    day.books(*BOOKS[1:])
    assert market.compute(recent=False, ago=1).problem is None
    ((at, count),) = day.rows("timestamp, book_count")
    assert (at, count) == (day.at(5), 3)
    launched = market.compute(recent=False, ago=2)
    assert launched.problem is not None
    assert "neither books nor complete trades" in launched.problem
    key = str(ExchangeDay(SPOT, yesterday).key)
    manager = DerivedIOManager(database=DatabaseResource())
    asset = dg.AssetKey("order_flow_metrics")
    with dg.build_input_context(asset_key=asset, partition_key=key) as context:
        assert list(manager.load_input(context)["book_count"]) == [3]


def test_an_exchange_without_books_fails_alone(market: Market) -> None:
    market.pipeline.track(CONTRACTS, "BTC/USDT")
    market.pipeline.rows(
        "UPDATE symbols SET tracked_at = now() - interval '1 day' WHERE is_tracked"
    )
    newest = now_ms() // WINDOW * WINDOW
    # Books of the window that lasts, too: it may end before the run begins.
    for start in (newest - WINDOW, newest):
        Market(market.pipeline, SPOT, start).books(*BOOKS[1:])
    days = {(newest - WINDOW) // DAY_MS, now_ms() // DAY_MS}
    both = [ExchangeDay(one, day * DAY_MS) for one in (CONTRACTS, SPOT) for day in days]
    instance = market.pipeline.instance
    # GATEIO_FUTURES and BINANCE_SPOT are no neighbours: the run covers those between them too.
    launched = materialize_derived(instance, "order_flow_metrics", both, tags={RECENT_TAG: "true"})
    assert launched.problem is not None
    assert "GATEIO_FUTURES: no book of" in launched.problem
    assert "BINANCE_SPOT" not in launched.problem


def test_a_tick_after_midnight_looks_at_both_days() -> None:
    with dg.instance_for_test() as instance:
        for hour, days in ((0, {"2026-02-28", "2026-03-01"}), (1, {"2026-03-01"})):
            at = to_datetime(MARCH + (hour * 60 + 4) * MINUTE)
            with dg.build_schedule_context(instance, at) as context:
                request = order_flow(context)
            assert isinstance(request, dg.RunRequest)
            tags = request.tags
            assert {tags[name][:10] for name in tags if "partition_range" in name} == days
            assert RECENT_TAG in tags
