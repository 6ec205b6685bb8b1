"""The run of a schedule that computes something for all exchanges at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import dagster as dg

from arb_pipeline.defs.open_work import OPEN_RUNS
from arb_pipeline.defs.partitions import ENABLED, ExchangeDay, range_tags


def derived_run(
    context: dg.ScheduleEvaluationContext,
    job: str,
    days: Sequence[int],
    tags: Mapping[str, str] | None = None,
) -> dg.RunRequest | dg.SkipReason:
    """One run over neighbouring days of all enabled exchanges; none while the last one goes on.

    Args:
        context: of the tick.
        job: the job's name.
        days: first milliseconds.
        tags: further tags of the run.
    """
    running = context.instance.get_runs(dg.RunsFilter(job_name=job, statuses=OPEN_RUNS), limit=1)
    if running:
        return dg.SkipReason(f"the last run is still in progress: {running[0].run_id}")
    partitions = [ExchangeDay(exchange, day) for exchange in ENABLED for day in days]
    return dg.RunRequest(
        run_key=context.scheduled_execution_time.isoformat(),
        tags={**(tags or {}), **range_tags(partitions)},
    )
