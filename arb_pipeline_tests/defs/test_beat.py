"""When the beat and the synchronisation of balances run, and when they skip."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from dagster import DagsterInstance

from arb_pipeline.definitions import defs
from arb_pipeline.defs.partitions import ENABLED, ExchangeDay
from arb_pipeline.defs.snapshots.automation import balances_sync, beat, due, every
from arb_pipeline.defs.snapshots.sampling import MOMENT_TAG, plan_of, refuse_other_days
from arb_pipeline.model import DAY_MS, DataSet, Exchange, now_ms

BOOKS, TICKERS, FUNDING = DataSet.BOOK_TICKERS, DataSet.TICKERS, DataSet.FUNDING_RATES
BALANCES = DataSet.BALANCES


@pytest.fixture
def instance() -> Iterator[DagsterInstance]:
    with dg.instance_for_test() as found:
        yield found


def just_now() -> datetime:
    """A tick that is evaluated at once, whatever second of the minute the test runs in."""
    return datetime.now(tz=UTC).replace(microsecond=0)


def tick(
    schedule: dg.ScheduleDefinition, instance: DagsterInstance, at: datetime
) -> dg.RunRequest | dg.SkipReason:
    # One that is not closed leaves its instance behind as the current one, for other tests to find.
    with dg.build_schedule_context(instance, scheduled_execution_time=at) as context:
        found = schedule(context)
    assert isinstance(found, dg.RunRequest | dg.SkipReason)
    return found


@pytest.mark.parametrize(
    ("minute", "data_sets"),
    [(0, [BOOKS, TICKERS, FUNDING]), (1, [BOOKS, TICKERS]), (10, [BOOKS, TICKERS, FUNDING])],
)
def test_a_beat_takes_what_is_due(minute: int, data_sets: list[DataSet]) -> None:
    at = datetime(2026, 1, 5, 7, minute, tzinfo=UTC)
    assert due(at, (BOOKS, TICKERS, FUNDING)) == data_sets


@pytest.mark.parametrize(
    ("minutes", "cron"),
    [(1, "* * * * *"), (5, "*/5 * * * *"), (7, "* * * * *"), (60, "*/60 * * * *")],
)
def test_a_cadence_is_cron_where_cron_can_say_it(minutes: int, cron: str) -> None:
    assert every(minutes) == cron


def test_one_run_for_all_enabled_exchanges_at_the_minute_and_five_seconds(
    instance: DagsterInstance,
) -> None:
    at = just_now()
    request = tick(beat, instance, at)
    assert isinstance(request, dg.RunRequest)
    assert request.run_key == request.tags[MOMENT_TAG]  # the same tick evaluated twice is one run
    moment = at + timedelta(seconds=5)
    assert datetime.fromisoformat(request.tags[MOMENT_TAG]) == moment
    assert request.tags["dagster/asset_partition_range_start"] == f"{moment:%Y-%m-%d}|{ENABLED[0]}"
    assert request.tags["dagster/asset_partition_range_end"] == f"{moment:%Y-%m-%d}|{ENABLED[-1]}"
    assert request.asset_selection is not None
    assert {key.path[-1] for key in request.asset_selection} >= {BOOKS, TICKERS}


def test_a_beat_that_still_runs_makes_the_next_skip_with_the_reason(
    instance: DagsterInstance,
) -> None:
    job = defs.resolve_job_def("beat")
    run = instance.create_run_for_job(
        job, status=dg.DagsterRunStatus.STARTED, tags={MOMENT_TAG: "2026-01-05T07:00:05+00:00"}
    )
    skipped = tick(beat, instance, just_now())
    assert isinstance(skipped, dg.SkipReason)
    assert skipped.skip_message is not None
    assert "2026-01-05T07:00:05+00:00 is still in progress" in skipped.skip_message
    assert run.run_id in skipped.skip_message
    # Balances are another run; a beat does not keep them from being read.
    midnight = just_now().replace(hour=0, minute=0)
    assert "in progress" not in str(tick(balances_sync, instance, midnight))
    instance.report_run_failed(run)
    assert isinstance(tick(beat, instance, just_now()), dg.RunRequest)


def test_after_a_downtime_no_beat_is_made_up(instance: DagsterInstance) -> None:
    skipped = tick(beat, instance, just_now() - timedelta(minutes=3))
    assert isinstance(skipped, dg.SkipReason)
    assert skipped.skip_message is not None
    assert "cannot be sampled any more" in skipped.skip_message


def test_balances_wait_for_their_minute(instance: DagsterInstance) -> None:
    skipped = tick(balances_sync, instance, datetime(2026, 1, 5, 7, 3, tzinfo=UTC))
    assert isinstance(skipped, dg.SkipReason)
    assert skipped.skip_message == "nothing is due at this minute"


def test_only_balances_are_asked_for_again_and_only_scheduled_runs_can_be_late() -> None:
    by_hand = plan_of({}, balances=False)
    assert by_hand.latest_ms is None
    assert by_hand.retries == 0
    assert abs(by_hand.moment - now_ms()) < 1000
    scheduled = plan_of({MOMENT_TAG: "2026-01-05T07:00:05+00:00"}, balances=True)
    assert scheduled.moment == 1_767_596_405_000
    assert scheduled.latest_ms == 30_000
    assert (scheduled.retries, scheduled.retry_seconds) == (3, 30.0)


def test_partitions_of_other_days_are_refused_by_name() -> None:
    today = now_ms() // DAY_MS * DAY_MS
    refuse_other_days([ExchangeDay(Exchange.MEXC_SPOT, today)])
    with pytest.raises(dg.Failure, match=r"1 of 2 partitions"):
        refuse_other_days(
            [
                ExchangeDay(Exchange.MEXC_SPOT, today),
                ExchangeDay(Exchange.MEXC_SPOT, today - DAY_MS),
            ]
        )
