"""History that closes its own holes: what an exchange omits and has later, what keeps failing."""

from __future__ import annotations

import dagster as dg

from arb_pipeline.defs.history.registration import registration
from arb_pipeline.defs.history.repair import repair
from arb_pipeline.model import DAY_MS, Exchange, Interval
from arb_pipeline.simulator import Fault, FaultKind
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline_tests.integration.conftest import Pipeline
from arb_pipeline_tests.integration.repairing import (
    TODAY,
    VERSIONS,
    ago,
    asked_for,
    complete,
    execute,
    repairing,
    tick,
)

__all__ = ["repairing"]

BYBIT = Exchange.BYBIT_SPOT
MINUTE = 60_000
OMITTED = Interval(TODAY - 2 * DAY_MS, TODAY - DAY_MS)
A_DAY_LATER = (
    "UPDATE coverage SET absent_confirmed_at = absent_confirmed_at - INTERVAL '25 hours' "
    "WHERE NOT isempty(absent) RETURNING 1"
)


def test_an_omitted_day_is_found_refilled_and_reported(repairing: Pipeline) -> None:
    pipeline = repairing
    pipeline.track(BYBIT, "BTC/USDT")
    fault = Fault(FaultKind.MISSING_DAY, exchange=BYBIT, interval=OMITTED)
    pipeline.simulator.faults.add(fault)
    complete(pipeline)
    daily = (
        "SELECT present_seconds::int, absent_seconds::int, missing_seconds::int "
        f"FROM coverage_daily_named WHERE day = '{ago(2)}'"
    )
    assert pipeline.rows(daily) == [(0, 86_400, 0)]

    # It is believed for a day: nothing is asked, no row of anything is written again.
    before, asked = pipeline.rows(VERSIONS), len(pipeline.asked(BYBIT))
    for sensor in (registration, repair):
        runs, said = tick(pipeline, sensor)
        assert runs == []
        assert "nothing is missing" in said
    assert pipeline.rows(VERSIONS) == before
    assert len(pipeline.asked(BYBIT)) == asked

    # Then it is asked for once more, that day alone, and found.
    pipeline.rows(A_DAY_LATER)
    pipeline.simulator.faults.clear()
    runs, _ = tick(pipeline, repair)
    assert [asked_for(run) for run in runs] == [
        (f"{ago(2)}|BYBIT_SPOT", f"{ago(2)}|BYBIT_SPOT", ["BTCUSDT"])
    ]
    assert execute(pipeline, runs) == [True]
    assert len(pipeline.asked(BYBIT)) - asked == 2  # 1440 candles are two pages
    assert pipeline.rows(daily) == [(86_400, 0, 0)]
    event = pipeline.instance.get_latest_materialization_event(dg.AssetKey("candles"))
    assert event is not None
    assert event.asset_materialization is not None
    assert event.asset_materialization.partition == f"{ago(2)}|BYBIT_SPOT"
    assert event.asset_materialization.metadata["rows inserted"].value == 1440
    assert tick(pipeline, repair)[0] == []
    assert pipeline.rows("SELECT * FROM repair_attempts") == []


def test_what_is_absent_twice_is_not_asked_for_a_third_time(repairing: Pipeline) -> None:
    pipeline = repairing
    pipeline.track(BYBIT, "BTC/USDT")
    pipeline.simulator.faults.add(Fault(FaultKind.MISSING_DAY, exchange=BYBIT, interval=OMITTED))
    complete(pipeline)
    pipeline.rows(A_DAY_LATER)
    asked = len(pipeline.asked(BYBIT))
    assert len(complete(pipeline)) == 1
    assert len(pipeline.asked(BYBIT)) - asked == 4  # two pages, each confirmed
    pipeline.rows(A_DAY_LATER)
    assert complete(pipeline) == []
    assert pipeline.rows(
        "SELECT absent = absent_rechecked FROM coverage WHERE NOT isempty(absent)"
    ) == [(True,)]


def test_what_keeps_failing_is_asked_for_less_and_less(repairing: Pipeline) -> None:
    pipeline = repairing
    pipeline.track(BYBIT, "BTC/USDT")
    complete(pipeline)
    broken = Interval(OMITTED.start, OMITTED.start + 60 * MINUTE)
    hour = [to_datetime(broken.start), to_datetime(broken.end)]
    pipeline.rows(
        "UPDATE coverage SET present = present - tstzmultirange(tstzrange($1, $2)) "
        "WHERE present && tstzrange($1, $2) RETURNING 1", *hour
    )  # fmt: skip
    pipeline.rows("DELETE FROM candles WHERE timestamp >= $1 AND timestamp < $2 RETURNING 1", *hour)
    pipeline.simulator.faults.add(
        Fault(FaultKind.HTTP_500, exchange=BYBIT, interval=broken, endpoint="candles")
    )
    pauses = []
    for _ in range(4):
        runs, _ = tick(pipeline, repair)
        assert [asked_for(run)[0] for run in runs] == [f"{ago(2)}|BYBIT_SPOT"]
        assert execute(pipeline, runs) == [False]
        runs, said = tick(pipeline, repair)
        assert runs == []
        assert "1 days miss something, 1 wait for another attempt (first at 20" in said
        ((attempts, pause, problem),) = pipeline.rows(
            "SELECT attempts, extract(epoch FROM next_attempt_at - last_attempt_at)::int, "
            "last_problem FROM repair_attempts"
        )
        pauses.append(pause)
        assert attempts == len(pauses)
        assert "BTCUSDT 1m: 60 candles missing" in problem
        assert "HTTP 500" in problem
        pipeline.rows(
            "UPDATE repair_attempts SET next_attempt_at = now() - INTERVAL '1 s', "
            "last_attempt_at = now() - INTERVAL '1 hour' RETURNING 1"
        )
    assert pauses == [300, 600, 1200, 2400]
    pipeline.simulator.faults.clear()
    assert len(complete(pipeline)) == 1
    assert pipeline.rows("SELECT * FROM repair_attempts") == []
