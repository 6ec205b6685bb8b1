"""The heartbeat on real parts: all exchanges in one run, sick ones apart, nothing doubled."""

from __future__ import annotations

import time
from collections.abc import Sequence

import dagster as dg
import pytest

from arb_pipeline.defs.launch import Launched, materialize_snapshots
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.defs.snapshots.io_manager import SnapshotIOManager
from arb_pipeline.model import DAY_MS, DataSet, Exchange, now_ms
from arb_pipeline.settings import settings
from arb_pipeline.simulator import Fault, FaultKind
from arb_pipeline_tests.integration.conftest import Pipeline

BOOKS, TICKERS, FUNDING = DataSet.BOOK_TICKERS, DataSet.TICKERS, DataSet.FUNDING_RATES
SYMBOLS = ("BTC/USDT", "ETH/USDT")


def beat(pipeline: Pipeline, *data_sets: DataSet, **tags: str) -> Launched:
    return materialize_snapshots(
        pipeline.instance, list(Exchange), data_sets or (BOOKS, TICKERS), tags=tags
    )


def track_everywhere(pipeline: Pipeline) -> None:
    assert pipeline.sync(*Exchange).problem is None
    for exchange in Exchange:
        pipeline.track(exchange, *SYMBOLS)


def keys(exchanges: Sequence[Exchange]) -> set[str]:
    today = time.strftime("%Y-%m-%d", time.gmtime(now_ms() / 1000))
    return {f"{today}|{exchange}" for exchange in exchanges}


def test_one_run_samples_every_exchange_at_the_same_moment(pipeline: Pipeline) -> None:
    track_everywhere(pipeline)
    launched = beat(pipeline, BOOKS, TICKERS, FUNDING)
    assert launched.problem is None, launched.problem
    for data_set in (BOOKS, TICKERS, FUNDING):
        assert pipeline.materialized(data_set) == keys(list(Exchange))
    spread = pipeline.rows(
        "SELECT count(*), extract(epoch FROM max(timestamp) - min(timestamp))"
        " FROM book_ticker_snapshots"
    )
    assert spread[0][0] == len(Exchange) * len(SYMBOLS)
    assert spread[0][1] < 3
    futures = [exchange for exchange in Exchange if exchange.value.endswith("FUTURES")]
    rows = pipeline.rows(
        "SELECT exchange, count(*), bool_and(funding_time > timestamp AND mark_price > 0)"
        " FROM funding_rate_snapshots_named GROUP BY exchange"
    )
    assert sorted(rows) == [(exchange.value, len(SYMBOLS), True) for exchange in sorted(futures)]
    told = pipeline.rows(
        "SELECT asset, count(*), sum(row_count), count(problem), count(sampled_at),"
        " count(DISTINCT timestamp) FROM collections WHERE asset <> 'symbols'"
        " GROUP BY asset ORDER BY asset"
    )
    assert told == [
        ("book_tickers", 7, 14, 0, 7, 1),
        ("funding_rates", 7, 6, 0, 3, 1),  # spot was not asked
        ("tickers", 7, 14, 0, 7, 1),
    ]


def test_rows_are_what_the_exchanges_say_at_that_time(pipeline: Pipeline) -> None:
    """Prices of one coin agree between exchanges, and between ticker, book and candles."""
    track_everywhere(pipeline)
    assert beat(pipeline).problem is None
    prices = pipeline.rows(
        "SELECT b.exchange, b.bid_price, b.ask_price, t.last_price, t.low_24h, t.high_24h"
        " FROM book_ticker_snapshots_named AS b JOIN ticker_snapshots_named AS t"
        " USING (exchange, symbol) WHERE symbol = 'BTC/USDT'"
    )
    assert len(prices) == len(Exchange)
    middle = sorted(bid for _, bid, *_ in prices)[3]
    for _, bid, ask, last, low, high in prices:
        assert 0 < bid < ask
        assert low <= last <= high
        assert abs(last / middle - 1) < 0.02


def test_sick_exchanges_fail_alone_and_come_back_by_themselves(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    track_everywhere(pipeline)
    monkeypatch.setenv("ARB_REQUEST_TIMEOUT_SECONDS", "2")  # one of them is waited for in vain
    settings.cache_clear()
    down, hangs, banned = Exchange.BINANCE_FUTURES, Exchange.GATEIO_SPOT, Exchange.MEXC_SPOT
    sick = {down, hangs, banned}
    healthy = [exchange for exchange in Exchange if exchange not in sick]
    add = pipeline.simulator.faults.add
    add(Fault(FaultKind.HTTP_500, exchange=down))
    add(Fault(FaultKind.TIMEOUT, exchange=hangs))
    add(Fault(FaultKind.BAN_418, exchange=banned, retry_after=120, times=2))

    first = beat(pipeline)
    assert first.problem is not None
    for data_set in (BOOKS, TICKERS):
        assert pipeline.materialized(data_set) == keys(healthy)
    for exchange in sick:
        assert exchange.value in first.problem
    asked = len(pipeline.simulator.requests.select(exchange=banned, endpoint="tickers"))
    asked += len(pipeline.simulator.requests.select(exchange=banned, endpoint="book_tickers"))

    # Another process's beat leaves the banned one alone: not one request more.
    pipeline.simulator.faults.clear()
    second = beat(pipeline)
    assert second.problem is not None
    again = len(pipeline.simulator.requests.select(exchange=banned, endpoint="tickers"))
    again += len(pipeline.simulator.requests.select(exchange=banned, endpoint="book_tickers"))
    assert again == asked
    assert "nothing is asked before" in second.problem
    for data_set in (BOOKS, TICKERS):
        assert pipeline.materialized(data_set) == keys([e for e in Exchange if e is not banned])

    # The ban ends.
    pipeline.rows("UPDATE company_blocks SET blocked_until = now() RETURNING 1")
    assert beat(pipeline).problem is None
    assert pipeline.materialized(BOOKS) == keys(list(Exchange))
    failed = pipeline.rows(
        "SELECT exchange, count(problem), bool_and(is_transient) FILTER (WHERE problem IS NOT NULL)"
        " FROM collections_named WHERE asset = 'book_tickers' GROUP BY exchange ORDER BY exchange"
    )
    expected = {down: 1, hangs: 1, banned: 2}
    assert failed == [
        (e.value, expected.get(e, 0), True if e in sick else None) for e in sorted(Exchange)
    ]


def test_a_snapshot_of_the_past_is_refused_and_touches_nothing(pipeline: Pipeline) -> None:
    track_everywhere(pipeline)
    assert beat(pipeline).problem is None
    stored = pipeline.rows("SELECT * FROM book_ticker_snapshots ORDER BY id")
    asked = len(pipeline.simulator.requests.select())
    yesterday = time.strftime("%Y-%m-%d", time.gmtime((now_ms() - DAY_MS) / 1000))
    key = f"{yesterday}|{Exchange.BYBIT_SPOT}"
    refused = beat(
        pipeline,
        **{
            "dagster/asset_partition_range_start": key,
            "dagster/asset_partition_range_end": key,
        },
    )
    assert refused.problem is not None
    assert "can only be taken now" in refused.problem
    assert key in refused.problem
    assert len(pipeline.simulator.requests.select()) == asked
    assert pipeline.rows("SELECT * FROM book_ticker_snapshots ORDER BY id") == stored


def test_a_sample_becomes_a_frame_for_what_builds_on_it(pipeline: Pipeline) -> None:
    track_everywhere(pipeline)
    assert beat(pipeline).problem is None
    manager = SnapshotIOManager(database=DatabaseResource())
    asset, key = dg.AssetKey("book_tickers"), sorted(keys([Exchange.BYBIT_SPOT]))[0]
    with dg.build_input_context(asset_key=asset, partition_key=key) as context:
        frame = manager.load_input(context)
    assert len(frame) == len(SYMBOLS)
    assert str(frame["bid_price"].iloc[0]) == str(
        pipeline.rows(
            "SELECT bid_price FROM book_ticker_snapshots WHERE symbol_id = $1",
            int(frame["symbol_id"].iloc[0]),
        )[0][0]
    )
