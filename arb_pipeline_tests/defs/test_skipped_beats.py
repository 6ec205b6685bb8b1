"""Why beats were skipped, read from the ticks that an instance keeps of its schedules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.remote_origin import (
    ManagedGrpcPythonEnvCodeLocationOrigin,
    RemoteInstigatorOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    ScheduleInstigatorData,
    TickData,
    TickStatus,
)
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin

from arb_pipeline.definitions import defs
from arb_pipeline.defs.monitoring import monitoring_checks
from arb_pipeline.defs.monitoring.beats import NAME, skipped
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.defs.snapshots.automation import balances_sync, beat
from arb_pipeline.defs.snapshots.sampling import MOMENT_TAG
from arb_pipeline.model import DAY_MS, iso


class Scheduler:
    """Evaluates schedules and keeps their ticks as Dagster's daemon does, at any moment."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self.instance = instance
        # A tick of this moment is evaluated at once, whatever second of the minute it is.
        self.now = datetime.now(tz=UTC).replace(microsecond=0)
        self.since = _ms(self.now) - DAY_MS

    def turn_on(self, schedule: dg.ScheduleDefinition) -> None:
        """The schedule is seen for the first time; so far it has no ticks."""
        self.instance.add_instigator_state(
            InstigatorState(
                _origin(schedule),
                InstigatorType.SCHEDULE,
                InstigatorStatus.DECLARED_IN_CODE,
                ScheduleInstigatorData(schedule.cron_schedule, self.now.timestamp()),
            )
        )

    def tick(self, schedule: dg.ScheduleDefinition, at: datetime) -> str | None:
        """Gives the reason when the schedule skips, None when it asks for a run."""
        origin = _origin(schedule)
        tick = self.instance.create_tick(
            TickData(
                instigator_origin_id=origin.get_id(),
                instigator_name=schedule.name,
                instigator_type=InstigatorType.SCHEDULE,
                status=TickStatus.STARTED,
                timestamp=at.timestamp(),
                selector_id=origin.get_selector().get_id(),
            )
        )
        with dg.build_schedule_context(self.instance, scheduled_execution_time=at) as context:
            found = schedule(context)
        if not isinstance(found, dg.SkipReason):
            self.instance.update_tick(tick.with_status(TickStatus.SUCCESS))
            return None
        assert found.skip_message
        done = tick.with_status(TickStatus.SKIPPED).with_reason(found.skip_message)
        self.instance.update_tick(done)
        return found.skip_message


def _origin(schedule: dg.ScheduleDefinition) -> RemoteInstigatorOrigin:
    """Where the daemon finds the schedule, as workspace.yaml names it."""
    location = ManagedGrpcPythonEnvCodeLocationOrigin(
        LoadableTargetOrigin(module_name="arb_pipeline.definitions"), "arb_pipeline"
    )
    return RemoteRepositoryOrigin(location, "__repository__").get_instigator_origin(schedule.name)


@pytest.fixture
def scheduler() -> Iterator[Scheduler]:
    with dg.instance_for_test() as instance:
        found = Scheduler(instance)
        found.turn_on(beat)
        found.turn_on(balances_sync)
        yield found


def _ms(at: datetime) -> int:
    return int(at.timestamp()) * 1000


def _still_runs(instance: dg.DagsterInstance) -> dg.DagsterRun:
    return instance.create_run_for_job(
        defs.resolve_job_def("beat"),
        status=dg.DagsterRunStatus.STARTED,
        tags={MOMENT_TAG: "2026-01-05T07:00:05+00:00"},
    )


def test_each_reason_is_given_with_its_moment_the_latest_first(scheduler: Scheduler) -> None:
    downtime = scheduler.now - timedelta(minutes=3)
    late = scheduler.tick(beat, downtime)
    assert late is not None
    assert "cannot be sampled any more" in late
    run = _still_runs(scheduler.instance)
    scheduler.tick(beat, scheduler.now)
    running = f"the run of 2026-01-05T07:00:05+00:00 is still in progress: {run.run_id}"
    assert skipped(scheduler.instance, scheduler.since) == [
        f"{iso(_ms(scheduler.now))}: {running}",
        f"{iso(_ms(downtime))}: {late}",
    ]


def test_only_skipped_beats_of_that_time_are_given(scheduler: Scheduler) -> None:
    begin, minute = scheduler.now - timedelta(days=1), timedelta(minutes=1)
    assert scheduler.tick(beat, scheduler.now) is None
    third = scheduler.now.replace(minute=3) - timedelta(hours=1)
    assert scheduler.tick(balances_sync, third) == "nothing is due at this minute"
    assert scheduler.tick(beat, begin - minute) is not None
    assert skipped(scheduler.instance, scheduler.since) == []
    why = scheduler.tick(beat, begin + minute)
    assert skipped(scheduler.instance, scheduler.since) == [f"{iso(_ms(begin + minute))}: {why}"]


def test_where_the_beat_is_not_scheduled_nothing_is_said_of_it() -> None:
    with dg.DagsterInstance.ephemeral() as in_memory:
        assert skipped(in_memory, 0) is None
    with dg.instance_for_test() as instance:
        scheduler = Scheduler(instance)
        scheduler.turn_on(balances_sync)
        assert skipped(instance, scheduler.since) is None
        scheduler.turn_on(beat)
        assert skipped(instance, scheduler.since) == []


@pytest.mark.usefixtures("rows")
def test_the_check_counts_all_and_lists_the_latest_twenty(scheduler: Scheduler) -> None:
    moments = [scheduler.now - timedelta(minutes=minutes) for minutes in range(3, 28)]
    reasons = [f"- {iso(_ms(at))}: {scheduler.tick(beat, at)}" for at in moments]
    on_time = dg.AssetCheckKey(dg.AssetKey("book_tickers"), NAME)
    only = dg.define_asset_job("only", dg.AssetSelection.checks(on_time))
    job = dg.Definitions(
        assets=[dg.AssetSpec("book_tickers")],
        asset_checks=monitoring_checks,
        jobs=[only],
        resources={"database": DatabaseResource()},
    ).resolve_job_def("only")
    result = job.execute_in_process(instance=scheduler.instance)
    (found,) = result.get_asset_check_evaluations()
    assert found.metadata["beats skipped (24 h)"].value == 25
    assert str(found.metadata["why skipped"].value).splitlines() == reasons[:20]
