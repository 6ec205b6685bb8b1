"""When samples are taken: the beat, and the synchronisation of balances.

Balances have a run of their own: an exchange whose account cannot be read is asked again for
longer than a beat may last, and no beat waits for that.
"""

# Annotations are not postponed here: Dagster reads those of assets, checks and schedules.

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import dagster as dg

from arb_pipeline.defs.open_work import OPEN_RUNS
from arb_pipeline.defs.partitions import ENABLED, ExchangeDay, range_tags
from arb_pipeline.defs.snapshots.assets import (
    balances,
    book_tickers,
    funding_rates,
    order_books,
    tickers,
)
from arb_pipeline.defs.snapshots.sampling import MOMENT_TAG
from arb_pipeline.model import DAY_MS, DataSet, now_ms
from arb_pipeline.settings import settings

# Before anything else that waits in the queue: a beat that waits is a beat that is late.
_TAGS = {"dagster/priority": "10"}

beat_job = dg.define_asset_job(
    "beat",
    selection=dg.AssetSelection.assets(
        book_tickers, tickers, funding_rates, order_books
    ).without_checks(),
    executor_def=dg.in_process_executor,
    tags=_TAGS,
    description="Samples all enabled exchanges at the same moment.",
)
balances_job = dg.define_asset_job(
    "balances_sync",
    selection=dg.AssetSelection.assets(balances).without_checks(),
    executor_def=dg.in_process_executor,
    description="Reads the balances of every account with credentials.",
)


def every(minutes: int) -> str:
    """Cron of a cadence; one that does not divide the hour is looked at every minute."""
    return f"*/{minutes} * * * *" if 60 % minutes == 0 and minutes > 1 else "* * * * *"


@dg.schedule(
    name="beat",
    job=beat_job,
    cron_schedule=settings().beat_cron,
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description=(
        "Samples what is due, every minute, in one run for all enabled exchanges. Skips, and says "
        "why, while the last beat is still running or when its moment has passed."
    ),
)
def beat(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """One run for the data sets that are due."""
    at = context.scheduled_execution_time.astimezone(UTC)
    data_sets = [DataSet.BOOK_TICKERS, DataSet.TICKERS, DataSet.FUNDING_RATES]
    if settings().order_book_levels:
        data_sets.append(DataSet.ORDER_BOOKS)
    moment = at + timedelta(seconds=settings().beat_buffer_seconds)
    return _request(context, beat_job.name, moment, due(at, data_sets))


@dg.schedule(
    name="balances_sync",
    job=balances_job,
    cron_schedule=every(settings().balances_minutes),
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Reads balances every ARB_BALANCES_MINUTES, in one run for all enabled exchanges.",
)
def balances_sync(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """One run, when it is due."""
    at = context.scheduled_execution_time.astimezone(UTC)
    moment = at + timedelta(seconds=settings().balances_buffer_seconds)
    return _request(context, balances_job.name, moment, due(at, (DataSet.BALANCES,)))


def due(at: datetime, data_sets: Sequence[DataSet]) -> list[DataSet]:
    """Which of the data sets are sampled at this minute, counted from midnight UTC."""
    minute = at.hour * 60 + at.minute
    return [one for one in data_sets if minute % settings().minutes_of(one) == 0]


def _request(
    context: dg.ScheduleEvaluationContext,
    job: str,
    moment: datetime,
    data_sets: Sequence[DataSet],
) -> dg.RunRequest | dg.SkipReason:
    if not data_sets:
        return dg.SkipReason("nothing is due at this minute")
    late = (now_ms() / 1000) - moment.timestamp()
    if late > settings().beat_latest_seconds:
        return dg.SkipReason(
            f"{late:.0f} s after its moment: what stood there then cannot be sampled any more"
        )
    running = context.instance.get_runs(dg.RunsFilter(job_name=job, statuses=OPEN_RUNS), limit=1)
    if running:
        which = running[0].tags.get(MOMENT_TAG, "an earlier one")
        return dg.SkipReason(f"the run of {which} is still in progress: {running[0].run_id}")
    today = int(moment.timestamp()) * 1000 // DAY_MS * DAY_MS
    return dg.RunRequest(
        run_key=moment.isoformat(),
        asset_selection=[dg.AssetKey(one.value) for one in data_sets],
        # Choosing assets anew would bring their checks back, which the job has left out.
        asset_check_keys=[],
        tags={
            MOMENT_TAG: moment.isoformat(),
            **range_tags([ExchangeDay(exchange, today) for exchange in ENABLED]),
        },
    )


snapshot_jobs = [beat_job, balances_job]
snapshot_schedules = [beat, balances_sync]
