"""Checks on what is sampled, in a job of their own: a beat never waits for them.

One step and one connection serve all of them; starting a step costs Dagster more than every query.
"""

# Annotations are not postponed here: Dagster reads those of assets, checks and schedules.

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import dagster as dg

from arb_pipeline.defs.monitoring import beats, freshness, sanity
from arb_pipeline.defs.monitoring.beats import BEATEN
from arb_pipeline.defs.monitoring.freshness import Facts
from arb_pipeline.defs.monitoring.sanity import Finding
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.defs.running import run_step
from arb_pipeline.health import SAMPLED
from arb_pipeline.model import DAY_MS, DataSet, Exchange, now_ms
from arb_pipeline.settings import Settings, settings
from arb_pipeline.storage.collections import (
    BeatStatistics,
    beat_statistics,
    latest_collections,
)
from arb_pipeline.storage.snapshot_checks import newest_rows, sampled_moments

JOB = "snapshot_checks"
# What came since the last evaluation is looked at, and at least this much: who runs the checks
# twice in a row sees the same twice. Rows may be stored a while after they were received.
_AT_LEAST_MS = 10 * 60_000
_OVERLAP_MS = 60_000


@dataclass(frozen=True, slots=True)
class _Seen:
    since: int
    facts: Facts
    found: Sequence[Finding]
    beats: Sequence[int]
    statistics: Sequence[BeatStatistics]


@dg.multi_asset_check(
    name="check_snapshots",  # a step may not be named as a job
    specs=[*freshness.specs(settings()), *sanity.specs(settings()), beats.spec()],
    can_subset=True,
)
def snapshot_checks(
    context: dg.AssetCheckExecutionContext, database: DatabaseResource
) -> Iterator[dg.AssetCheckResult]:
    """Looks once, then gives the result of every check that was asked for."""
    configured = settings()
    now = now_ms()
    seen = run_step(_look(database, now, window_start(context.instance, now), configured))
    why_skipped = beats.skipped(context.instance, now - DAY_MS)
    for key in sorted(context.selected_asset_check_keys):
        data_set = DataSet(key.asset_key.path[-1])
        exchange = _FRESH.get(key.name)
        if exchange is not None:
            yield freshness.verdict(data_set, exchange, seen.facts, configured)
        elif key.name == beats.NAME:
            yield beats.result(now, seen.beats, seen.statistics, why_skipped, configured)
        else:
            yield sanity.result(key.name, data_set, seen.found, (now - seen.since) // 1000)


_FRESH = {freshness.check_name(exchange): exchange for exchange in Exchange}


def window_start(instance: dg.DagsterInstance, now: int) -> int:
    """Since when to look, milliseconds: the last evaluation, a day at most."""
    done = instance.get_run_records(
        dg.RunsFilter(job_name=JOB, statuses=[dg.DagsterRunStatus.SUCCESS]), limit=1
    )
    since = now - _AT_LEAST_MS
    if done and done[0].start_time is not None:
        since = min(since, round(done[0].start_time * 1000) - _OVERLAP_MS)
    return max(since, now - DAY_MS)


async def _look(database: DatabaseResource, now: int, since: int, configured: Settings) -> _Seen:
    yesterday = now - DAY_MS
    async with database.pool(1) as pool, pool.acquire() as connection:
        answered = await latest_collections(connection, successful=True)
        facts = Facts(
            now=now,
            newest=await newest_rows(connection, configured.exchanges, yesterday),
            answered={
                one.exchange: one.sampled_at
                for one in answered
                if one.asset == DataSet.BALANCES.value and one.sampled_at is not None
            },
            moments=await sampled_moments(connection, SAMPLED, yesterday),
            latest={(one.exchange, one.asset): one for one in await latest_collections(connection)},
            accounts=accounts(configured),
        )
        return _Seen(
            since=since,
            facts=facts,
            found=await sanity.findings(connection, since, configured),
            beats=await sampled_moments(connection, BEATEN, yesterday),
            statistics=await beat_statistics(connection, yesterday),
        )


def accounts(configured: Settings) -> frozenset[Exchange]:
    """The enabled exchanges with credentials."""
    return frozenset(
        exchange
        for exchange in configured.exchanges
        for own in (configured.company(exchange.company),)
        if own.api_key is not None and own.api_secret is not None
    )


snapshot_checks_job = dg.define_asset_job(
    JOB,
    selection=dg.AssetSelection.checks(snapshot_checks),
    executor_def=dg.in_process_executor,
    description="Looks for exchanges gone silent, senseless or refused rows, and missing beats.",
)
snapshot_checks_schedule = dg.ScheduleDefinition(
    name=JOB,
    job=snapshot_checks_job,
    cron_schedule=settings().checks_cron,
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Evaluates the checks on what is sampled.",
)
