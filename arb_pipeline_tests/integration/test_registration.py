"""A symbol that becomes tracked, by whatever way, gets its history: that symbol, to that depth."""

from __future__ import annotations

import dagster as dg
import pytest
from dagster._core.execution.backfill import BulkActionStatus, PartitionBackfill

from arb_pipeline import settings as settings_module
from arb_pipeline.definitions import defs
from arb_pipeline.defs.history.registration import registration
from arb_pipeline.defs.history.repair import repair
from arb_pipeline.model import Exchange
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline_tests.integration.conftest import Pipeline
from arb_pipeline_tests.integration.repairing import (
    TODAY,
    ago,
    asked_for,
    complete,
    execute,
    repairing,
    tick,
)

__all__ = ["repairing"]

BYBIT, GATE = Exchange.BYBIT_SPOT, Exchange.GATEIO_SPOT
TRACK = (
    "UPDATE symbols SET is_tracked = true FROM exchanges AS e "
    "WHERE e.id = exchange_id AND e.enum_value = $1 AND exchange_symbol = $2 "
    "RETURNING tracked_at = now()"
)


def test_plain_sql_starts_the_backfill_of_that_symbol(repairing: Pipeline) -> None:
    pipeline = repairing
    pipeline.track(BYBIT, "BTC/USDT")
    complete(pipeline)
    assert pipeline.rows(TRACK, BYBIT.value, "ETHUSDT") == [(True,)]

    # Newest first, two days a run, one run at a time: nothing starts twice.
    wanted = []
    for days in ((1, 0), (3, 2)):
        runs, _ = tick(pipeline, registration)
        wanted += [asked_for(run) for run in runs]
        assert wanted[-1] == (
            f"{ago(days[0])}|BYBIT_SPOT", f"{ago(days[1])}|BYBIT_SPOT", ["ETHUSDT"]
        )  # fmt: skip
        open_run = pipeline.instance.create_run_for_job(
            defs.resolve_job_def("candles_repair"),
            status=dg.DagsterRunStatus.STARTED,
            tags=runs[0].tags,
        )
        assert tick(pipeline, registration)[0] == []
        assert tick(pipeline, repair)[0] == []
        pipeline.instance.delete_run(open_run.run_id)
        assert execute(pipeline, runs) == [True]
    assert len(wanted) == 2
    runs, said = tick(pipeline, registration)
    assert runs == []
    assert "BYBIT_SPOT ETHUSDT 1m is complete" in said
    assert pipeline.rows(
        "SELECT n.exchange_symbol, n.completed_at IS NOT NULL, n.history_from::text, "
        "(SELECT count(*) FROM coverage_daily_named AS c WHERE c.symbol_id = n.symbol_id "
        "AND c.day < $1::timestamptz AND c.present_seconds = 86400)::int "
        "FROM registrations_named AS n ORDER BY 1",
        to_datetime(TODAY),
    ) == [("BTCUSDT", True, ago(3), 3), ("ETHUSDT", True, ago(3), 3)]


def test_the_depth_ends_where_the_exchange_does(
    repairing: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARB_BACKFILL_DAYS", "30")
    settings_module.settings.cache_clear()
    pipeline = repairing
    pipeline.track(GATE, "BTC/USDT")
    runs, _ = tick(pipeline, registration)
    assert asked_for(runs[0]) == (f"{ago(1)}|GATEIO_SPOT", f"{ago(0)}|GATEIO_SPOT", ["BTC_USDT"])
    # 10,000 minutes are six days and 22 hours.
    assert pipeline.rows("SELECT history_from::text FROM registrations") == [(ago(7),)]


def test_a_deeper_setting_fetches_the_days_before_and_no_other(
    repairing: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = repairing
    pipeline.track(BYBIT, "BTC/USDT")
    complete(pipeline)
    monkeypatch.setenv("ARB_BACKFILL_DAYS", "4")
    settings_module.settings.cache_clear()
    runs = complete(pipeline)
    assert [asked_for(run)[:2] for run in runs] == [(f"{ago(4)}|BYBIT_SPOT",) * 2]
    done = "SELECT history_from::text, completed_at IS NOT NULL FROM registrations"
    assert pipeline.rows(done) == [(ago(4), True)]


@pytest.mark.filterwarnings("ignore:Function `AssetSelection.sources`")  # Dagster's own call
def test_other_runs_of_the_exchange_come_first(repairing: Pipeline) -> None:
    pipeline = repairing
    pipeline.track(BYBIT, "BTC/USDT")
    top_up = pipeline.instance.create_run_for_job(
        defs.resolve_job_def("candles_top_up"),
        status=dg.DagsterRunStatus.STARTED,
        tags={
            "dagster/asset_partition_range_start": f"{ago(0)}|BYBIT_SPOT",
            "dagster/asset_partition_range_end": f"{ago(0)}|BYBIT_SPOT",
        },
    )
    runs, said = tick(pipeline, registration)
    assert runs == []
    assert "BYBIT_SPOT: runs in progress" in said
    pipeline.instance.delete_run(top_up.run_id)

    backfill = PartitionBackfill.from_asset_partitions(
        backfill_id="deep",
        asset_graph=defs.resolve_asset_graph(),
        partition_names=[f"{ago(0)}|BYBIT_SPOT"],
        asset_selection=[dg.AssetKey("candles")],
        backfill_timestamp=TODAY / 1000,
        tags={},
        dynamic_partitions_store=pipeline.instance,
        all_partitions=False,
        title=None,
        description=None,
        run_config=None,
    )
    pipeline.instance.add_backfill(backfill)
    assert tick(pipeline, registration)[0] == []
    over = backfill._replace(status=BulkActionStatus.COMPLETED_SUCCESS)
    pipeline.instance.update_backfill(over)
    assert len(tick(pipeline, registration)[0]) == 1


def test_tracked_again_means_registered_again(repairing: Pipeline) -> None:
    pipeline = repairing
    (symbol,) = pipeline.track(BYBIT, "BTC/USDT")
    complete(pipeline)
    pipeline.rows("UPDATE symbols SET is_tracked = false WHERE is_tracked RETURNING 1")
    tick(pipeline, registration)
    assert pipeline.rows(TRACK, BYBIT.value, symbol.exchange_symbol) == [(True,)]
    asked = len(pipeline.asked(BYBIT))
    pipeline.rows("UPDATE symbols SET tracked_at = tracked_at - INTERVAL '1 day' RETURNING 1")
    runs, _ = tick(pipeline, registration)
    assert [asked_for(run)[:2] for run in runs] == [(f"{ago(4)}|BYBIT_SPOT",) * 2]
    assert execute(pipeline, runs) == [True]
    assert len(pipeline.asked(BYBIT)) - asked == 2  # one day of two pages
