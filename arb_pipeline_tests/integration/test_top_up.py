"""The schedule that keeps today complete."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import dagster as dg

from arb_pipeline.definitions import defs
from arb_pipeline.defs.history.automation import candles_top_up
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.model import Exchange
from arb_pipeline_tests.integration.conftest import Pipeline

BYBIT, MEXC = Exchange.BYBIT_SPOT, Exchange.MEXC_SPOT


def tick(pipeline: Pipeline, at: datetime) -> dg.SkipReason | list[dg.RunRequest]:
    """What the top-up schedule wants at a moment."""
    with dg.build_schedule_context(
        instance=pipeline.instance,
        scheduled_execution_time=at,
        resources={"database": DatabaseResource()},
    ) as context:
        found = candles_top_up(context)
    assert isinstance(found, dg.SkipReason | list)
    return found


def test_the_top_up_asks_for_today_of_what_is_tracked(pipeline: Pipeline) -> None:
    with dg.instance_for_test() as instance:  # schedules need one that lies somewhere
        top_up(replace(pipeline, instance=instance))


def top_up(pipeline: Pipeline) -> None:
    at = datetime.now(tz=UTC).replace(hour=13, minute=5, second=0, microsecond=0)
    skipped = tick(pipeline, at)
    assert isinstance(skipped, dg.SkipReason)
    assert "track" in str(skipped.skip_message)
    pipeline.track(BYBIT, "BTC/USDT")
    pipeline.track(MEXC, "BTC/USDT")
    requests = tick(pipeline, at)
    assert isinstance(requests, list)
    today = f"{at:%Y-%m-%d}"
    assert [request.tags["dagster/asset_partition_range_start"] for request in requests] == [
        f"{today}|BYBIT_SPOT",
        f"{today}|MEXC_SPOT",
    ]
    assert len({request.run_key for request in requests}) == 2
    job = defs.resolve_job_def("candles_top_up")
    result = job.execute_in_process(instance=pipeline.instance, tags=requests[0].tags)
    assert result.success
    assert pipeline.materialized() == {f"{today}|BYBIT_SPOT"}

    pipeline.instance.create_run_for_job(
        job, status=dg.DagsterRunStatus.STARTED, tags={"arb/top_up": "true"}
    )
    waiting = tick(pipeline, at)
    assert isinstance(waiting, dg.SkipReason)
    assert "in progress" in str(waiting.skip_message)
