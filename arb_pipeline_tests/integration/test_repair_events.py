"""Trades, settled funding and own fills fill and repair themselves, as candles do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from arb_pipeline.defs.history.registration import registration
from arb_pipeline.defs.history.repair import repair
from arb_pipeline.defs.launch import materialize_history
from arb_pipeline.defs.partitions import ExchangeDay
from arb_pipeline.model import DAY_MS, Company, DataSet, Exchange, Interval
from arb_pipeline.settings import settings
from arb_pipeline.simulator import Fault, FaultKind
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.retention import drop_old
from arb_pipeline_tests.integration.conftest import Pipeline
from arb_pipeline_tests.integration.repairing import (
    TODAY,
    ago,
    asked_for,
    complete,
    execute,
    is_plausible,
    minutes_shown,
    newest,
    repairing,
    tick,
)

__all__ = ["repairing"]

FUTURES, MEXC, HOUR = Exchange.BYBIT_FUTURES, Exchange.MEXC_SPOT, 3_600_000
YESTERDAY = TODAY - DAY_MS
SILENT = Interval(YESTERDAY + 10 * HOUR, YESTERDAY + 12 * HOUR)
ABSENT = (
    "SELECT seconds_of(present)::int, seconds_of(absent)::int FROM coverage "
    "WHERE data_set = 'trades' AND day = $1::text::date"
)
TRADES = "SELECT count(*) FROM trade_snapshots WHERE timestamp >= $1 AND timestamp < $2"
A_DAY_LATER = (
    "UPDATE coverage SET absent_confirmed_at = absent_confirmed_at - INTERVAL '25 hours' "
    "WHERE NOT isempty(absent) RETURNING 1"
)


@pytest.fixture
def everything(repairing: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipeline]:
    """All data sets, and an account at Bybit."""
    repairing.simulator.accounts[Company.BYBIT] = ("key", "secret")
    monkeypatch.setenv("BYBIT_API_KEY", "key")
    monkeypatch.setenv("BYBIT_API_SECRET", "secret")
    monkeypatch.setenv("ARB_COMPLETED", "candles,trades,funding_rates,account_trades")
    settings.cache_clear()
    yield repairing
    settings.cache_clear()


@pytest.fixture
def traded(everything: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    """Candles and trades of one symbol, today's and yesterday's."""
    monkeypatch.setenv("ARB_COMPLETED", "candles,trades")
    monkeypatch.setenv("ARB_BACKFILL_DAYS", "1")
    settings.cache_clear()
    everything.track(MEXC, "BTC/USDT")
    return everything


def test_what_becomes_tracked_is_filled_in_few_runs_and_repaired(everything: Pipeline) -> None:
    pipeline = everything
    pipeline.track(FUTURES, "BTC/USDT")
    made = pipeline.simulator.trade(
        FUTURES, "BTCUSDT", Interval(TODAY - 2 * DAY_MS, TODAY - DAY_MS), every=2000
    )
    fills, funding, trades = (
        f"{newest(one)}|BYBIT_FUTURES"
        for one in (DataSet.ACCOUNT_TRADES, DataSet.FUNDING_RATES, DataSet.TRADES)
    )
    runs = complete(pipeline)
    assert sorted((run.job_name, *asked_for(run)[:2]) for run in runs) == [
        # What is sparse comes in one run, what is not in runs of two days; trades go back one day.
        ("account_trades_repair", f"{ago(3)}|BYBIT_FUTURES", fills),
        ("candles_repair", f"{ago(3)}|BYBIT_FUTURES", f"{ago(2)}|BYBIT_FUTURES"),
        ("candles_repair", f"{ago(1)}|BYBIT_FUTURES", f"{ago(0)}|BYBIT_FUTURES"),
        ("funding_rate_history_repair", f"{ago(3)}|BYBIT_FUTURES", funding),
        ("trades_repair", f"{ago(1)}|BYBIT_FUTURES", trades),
    ]
    assert pipeline.rows("SELECT count(*) FROM account_trades") == [(len(made),)]
    paid = "SELECT count(*) FROM funding_rate_snapshots WHERE is_settled AND timestamp < $1"
    assert pipeline.rows(paid, to_datetime(TODAY)) == [(9,)]
    done = "SELECT data_set, completed_at IS NOT NULL, history_from::text FROM registrations"
    assert sorted(pipeline.rows(done)) == [
        ("account_trades", True, ago(3)),
        ("candles", True, ago(3)),
        ("funding_rates", True, ago(3)),
        ("trades", True, ago(1)),
    ]
    # Nothing of the past is missing; shortly after midnight the last of yesterday may be, by right.
    assert pipeline.rows(
        "SELECT data_set, sum(missing_seconds)::int, sum(unreachable_seconds)::int "
        "FROM coverage_daily_named WHERE day < $1::text::date GROUP BY 1 ORDER BY 1",
        ago(1),
    ) == [("account_trades", 0, 0), ("candles", 0, 0), ("funding_rates", 0, 0)]

    # Bybit shows the newest trades of less than an hour only, and says so.
    present, absent, unreachable, missing = minutes_shown(pipeline, "trades", FUTURES, 1)
    assert (absent, missing) == (0, 0)
    assert present < 60
    assert 1439 <= present + unreachable <= 1440  # one may be in part the one, in part the other
    assert minutes_shown(pipeline, "funding_rate_history", FUTURES, 3) == (1440, 0, 0, 0)

    # A day that is forgotten is asked for again: that one, and nothing is written twice.
    forget = "DELETE FROM coverage WHERE data_set = $1 AND day = $2::text::date RETURNING 1"
    version = "SELECT timestamp, xmin::text FROM funding_rate_snapshots ORDER BY 1"
    before = pipeline.rows(version)
    for data_set in ("funding_rates", "account_trades"):
        assert pipeline.rows(forget, data_set, ago(2)) == [(1,)]
    wanted = []
    for _ in range(2):
        runs, _ = tick(pipeline, repair)
        wanted += [(run.job_name, *asked_for(run)) for run in runs]
        assert execute(pipeline, runs) == [True]
    key = f"{ago(2)}|BYBIT_FUTURES"
    assert sorted(wanted) == [
        ("account_trades_repair", key, key, ["BTCUSDT"]),
        ("funding_rate_history_repair", key, key, ["BTCUSDT"]),
    ]
    assert tick(pipeline, repair)[0] == []
    assert pipeline.rows(version) == before


def test_omitted_trades_are_found_by_candles_and_refilled_and_dropped_ones_are_not(
    traded: Pipeline,
) -> None:
    pipeline = traded
    fault = Fault(FaultKind.EMPTY_LIST_200, exchange=MEXC, endpoint="trades", interval=SILENT)
    pipeline.simulator.faults.add(fault)
    complete(pipeline)
    window = [to_datetime(SILENT.start), to_datetime(SILENT.end)]
    assert pipeline.rows(TRADES, *window) == [(0,)]
    ((present, absent),) = pipeline.rows(ABSENT, ago(1))
    assert present + absent == 86_400
    # From the trade before to the one after: a page that reached into these hours was empty, too.
    assert 7200 <= absent < 2 * 7200
    assert tick(pipeline, repair)[0] == []  # believed for a day, and reported meanwhile
    assert is_plausible(pipeline) is False

    pipeline.simulator.faults.clear()
    pipeline.rows(A_DAY_LATER)
    asked = len(pipeline.simulator.requests.select(exchange=MEXC, endpoint="trades"))
    runs, _ = tick(pipeline, repair)
    assert [(run.job_name, *asked_for(run)[:2]) for run in runs] == [
        ("trades_repair", f"{ago(1)}|MEXC_SPOT", f"{ago(1)}|MEXC_SPOT")
    ]
    assert execute(pipeline, runs) == [True]
    assert pipeline.rows(TRADES, *window) == [(2 * 60 * 20,)]
    assert pipeline.rows(ABSENT, ago(1)) == [(86_400, 0)]
    assert is_plausible(pipeline)
    assert minutes_shown(pipeline, "trades", MEXC, 1) == (1440, 0, 0, 0)
    now_asked = len(pipeline.simulator.requests.select(exchange=MEXC, endpoint="trades"))
    assert now_asked - asked < 20  # of more than a hundred for the day
    _drop_yesterday(pipeline)


def _drop_yesterday(pipeline: Pipeline) -> None:
    """What retention dropped is out of reach: neither missing, nor asked for again."""
    asked = len(pipeline.simulator.requests.select(exchange=MEXC, endpoint="trades"))

    async def drop(pool: Pool) -> None:
        async with pool.acquire() as connection:
            dropped = await drop_old(connection, "trade_snapshots", to_datetime(TODAY))
            assert dropped.chunks

    pipeline.query(drop)
    assert pipeline.rows(TRADES, to_datetime(YESTERDAY), to_datetime(TODAY)) == [(0,)]
    for sensor in (registration, repair):
        runs, said = tick(pipeline, sensor)
        assert runs == []
        assert "nothing is missing" in said
    daily = (
        "SELECT present_seconds::int, unreachable_seconds::int, missing_seconds::int "
        "FROM coverage_daily_named WHERE data_set = 'trades' AND day = $1::text::date"
    )
    assert pipeline.rows(daily, ago(1)) == [(0, 86_400, 0)]
    launched = materialize_history(pipeline.instance, "trades", [ExchangeDay(MEXC, YESTERDAY)])
    assert launched.problem is not None
    assert "choose a later day" in launched.problem
    assert len(pipeline.simulator.requests.select(exchange=MEXC, endpoint="trades")) == asked
