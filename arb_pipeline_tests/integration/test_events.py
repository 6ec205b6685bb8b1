"""Trades, settled funding and own fills as assets: stored once, covered, told apart by exchange."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import count

import dagster as dg
import pytest

from arb_pipeline.defs.io_managers import HistoryIOManager
from arb_pipeline.defs.launch import materialize_history
from arb_pipeline.defs.partitions import ExchangeDay
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.exchanges.client import ExchangeClient
from arb_pipeline.model import DAY_MS, Company, Exchange, Interval
from arb_pipeline.settings import settings
from arb_pipeline.simulator import Fault, FaultKind
from arb_pipeline_tests.integration.conftest import Pipeline

NOON = 1_741_003_200_000  # 2025-03-03 12:00 UTC
TODAY = NOON // DAY_MS * DAY_MS
SPOT, FUTURES, MEXC = Exchange.BYBIT_SPOT, Exchange.BYBIT_FUTURES, Exchange.MEXC_SPOT


@pytest.fixture
def frozen(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipeline]:
    """Noon on all exchanges, and an account at Bybit alone."""
    pipeline.simulator.clock.freeze(NOON)
    pipeline.simulator.accounts[Company.BYBIT] = ("key", "secret")
    monkeypatch.setenv("BYBIT_API_KEY", "key")
    monkeypatch.setenv("BYBIT_API_SECRET", "secret")
    settings.cache_clear()
    yield pipeline
    settings.cache_clear()


def asked(pipeline: Pipeline) -> int:
    return len(pipeline.simulator.requests.select(endpoint="trades"))


def test_trades_of_a_day_are_stored_once_and_make_its_candles(frozen: Pipeline) -> None:
    exchange, hours = Exchange.BINANCE_SPOT, 12
    (instrument,) = frozen.track(exchange, "BTC/USDT")
    day = ExchangeDay(exchange, TODAY)
    first = materialize_history(frozen.instance, "trades", [day])
    assert first.problem is None, first.problem
    assert frozen.materialized("trades") == {str(day.key)}
    rows, minutes = frozen.rows(
        "SELECT count(*), count(DISTINCT date_trunc('minute', timestamp))"
        " FROM trade_snapshots WHERE symbol_id = $1",
        instrument.symbol_id,
    )[0]
    assert rows > hours * 60
    assert minutes == hours * 60 - 2  # the last two minutes may still grow: the next run's
    covered = frozen.rows(
        "SELECT sum(upper(part) - lower(part)) FROM coverage, unnest(present) AS part"
        " WHERE data_set = 'trades'"
    )[0][0]
    assert covered.total_seconds() > hours * 3600 - 180

    before = asked(frozen)
    frozen.rows("CREATE TABLE seen AS SELECT *, xmin::text AS version FROM trade_snapshots")
    assert materialize_history(frozen.instance, "trades", [day]).problem is None
    # Only what has settled meanwhile is asked for, twice where it is empty; nothing that is covered
    # is asked for or rewritten.
    assert before > 10
    assert asked(frozen) - before <= 6
    assert frozen.rows(
        "SELECT count(*) FROM trade_snapshots AS t JOIN seen USING (symbol_id, timestamp, trade_id)"
        " WHERE t.xmin::text <> seen.version"
    ) == [(0,)]

    manager = HistoryIOManager(database=DatabaseResource(), writer_connections=1)
    asset, key = dg.AssetKey("trades"), str(day.key)
    with dg.build_input_context(asset_key=asset, partition_key=key) as context:
        frame = manager.load_input(context)
    assert len(frame) == rows
    assert isinstance(frame["price"].iloc[0], Decimal)


def test_a_millisecond_that_passes_at_every_look_is_not_called_missing(
    frozen: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = count(TODAY + 600_000)

    async def clock(_: ExchangeClient) -> int:
        return next(looks)

    monkeypatch.setattr(ExchangeClient, "clock", clock)
    frozen.simulator.clock.freeze(TODAY + 600_000)
    frozen.track(Exchange.BINANCE_SPOT, "BTC/USDT")
    launched = materialize_history(
        frozen.instance, "trades", [ExchangeDay(Exchange.BINANCE_SPOT, TODAY)]
    )
    assert launched.problem is None, launched.problem


def test_funding_that_was_paid_is_stored_and_spot_has_none(frozen: Pipeline) -> None:
    for exchange in (SPOT, FUTURES):
        frozen.track(exchange, "BTC/USDT")
    days = [ExchangeDay(e, TODAY - ago * DAY_MS) for e in (SPOT, FUTURES) for ago in (0, 1, 2)]
    launched = materialize_history(frozen.instance, "funding_rate_history", days)
    assert launched.problem is None, launched.problem
    paid = frozen.rows(
        "SELECT exchange, count(*), bool_and(is_settled), min(funding_interval_hours)"
        " FROM funding_rate_snapshots_named GROUP BY exchange"
    )
    # At 0, 8 and 16 o'clock of two days, and at 0 and 8 of today.
    assert paid == [(FUTURES.value, 8, True, Decimal(8))]
    assert frozen.materialized("funding_rate_history") == {str(day.key) for day in days}


def test_own_fills_need_an_account_and_no_run_fails_without(frozen: Pipeline) -> None:
    for exchange in (SPOT, MEXC):
        frozen.track(exchange, "BTC/USDT")
    made = frozen.simulator.trade(SPOT, "BTCUSDT", Interval(TODAY, NOON - 600_000), every=500)
    launched = materialize_history(frozen.instance, "account_trades", [ExchangeDay(SPOT, TODAY)])
    assert launched.problem is None, launched.problem
    fills = frozen.rows(
        "SELECT count(*), bool_and(fee IS NOT NULL AND fee_asset IS NOT NULL) FROM account_trades"
    )
    assert fills == [(len(made), True)]
    assert made
    without = materialize_history(frozen.instance, "account_trades", [ExchangeDay(MEXC, TODAY)])
    assert without.problem is None, without.problem
    assert frozen.simulator.requests.select(exchange=MEXC, endpoint="account_trades") == []


def test_an_exchange_that_is_down_fails_its_partition_only(frozen: Pipeline) -> None:
    for exchange in (SPOT, FUTURES):
        frozen.track(exchange, "BTC/USDT")
    frozen.simulator.faults.add(Fault(FaultKind.HTTP_500, exchange=SPOT))
    days = [ExchangeDay(SPOT, TODAY), ExchangeDay(FUTURES, TODAY)]
    launched = materialize_history(frozen.instance, "trades", days)
    assert launched.problem is not None
    assert SPOT.value in launched.problem
    assert f"{FUTURES} " not in launched.problem
    told = frozen.rows(
        "SELECT exchange, problem IS NULL, is_transient FROM collections_named"
        " WHERE asset = 'trades' ORDER BY exchange"
    )
    assert told == [(FUTURES.value, True, False), (SPOT.value, False, True)]
