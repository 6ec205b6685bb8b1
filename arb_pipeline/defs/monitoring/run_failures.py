"""The sensor that tells people of runs that failed as a whole: a crash, a database that is gone.

A run that failed because exchanges did is none of its business: it says so itself, per partition
(``defs/outcomes``), and ``alerts`` tells of those exchanges.

It is no ``run_failure_sensor``: Dagster moves the cursor of one past a failure whose function
raised, so a webhook that is down for a minute would swallow the message for good.
"""

# Annotations are not postponed here: Dagster reads those of sensors.

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta

import dagster as dg

from arb_pipeline.defs.monitoring.posting import Posting, ui_address
from arb_pipeline.defs.outcomes import FAILED_PARTITIONS
from arb_pipeline.model import iso
from arb_pipeline.settings import Settings, settings
from arb_pipeline.webhook import Message

_FINISHED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]
_ONCE = 200
_LONGEST_REASON = 600
_WITHOUT_A_NAME = "__ASSET_JOB"
_WILL_RETRY = "dagster/will_retry"


@dataclass(slots=True)
class Failing:
    """A job that failed and has not succeeded since.

    Attributes:
        since: when it first failed, seconds since the epoch.
        run_id: the run that did.
        reason: what it said.
        is_posted: whether people were told.
        over_run_id: the run that succeeded again; empty while there is none.
    """

    since: float
    run_id: str
    reason: str
    is_posted: bool = False
    over_run_id: str = ""


@dataclass(slots=True)
class State:
    """The sensor's memory.

    Attributes:
        seen_until: runs finished before were looked at, ISO 8601.
        ended: when the last run of each job that was looked at ended, seconds since the epoch.
        failing: by job.
    """

    seen_until: str
    ended: dict[str, float] = field(default_factory=dict)
    failing: dict[str, Failing] = field(default_factory=dict)


@dg.sensor(
    name="run_failures",
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "Posts to the webhook when a run fails as a whole (a crash, a database that is gone), once "
        "per job until the job succeeds again, and then that it does. Exchanges that are down are "
        "told of by 'alerts'."
    ),
)
def run_failures(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Look at every run that finished since the last tick, in the order in which they did."""
    state = load(context.cursor)
    # Said again by a clock that was set back, or by a tag that was added later: told apart by when
    # the run ended.
    since = datetime.fromisoformat(state.seen_until) - timedelta(seconds=60)
    records = context.instance.get_run_records(
        dg.RunsFilter(statuses=_FINISHED, updated_after=since),
        limit=_ONCE,
        order_by="update_timestamp",
        ascending=True,
    )
    for record in sorted(records, key=_ended):
        _look(context.instance, state, record)
    if records:
        state.seen_until = max(one.update_timestamp for one in records).isoformat()
    words = _tell(state, settings())
    return dg.SensorResult(
        skip_reason=f"{len(state.failing)} job(s) failing; {words}",
        cursor=json.dumps(asdict(state)),
    )


def load(cursor: str | None) -> State:
    """The state of a cursor; without one, everything before now counts as seen."""
    if not cursor:
        return State(datetime.now(tz=UTC).isoformat())
    values = json.loads(cursor)
    failing = {job: Failing(**one) for job, one in values.pop("failing").items()}
    return State(**values, failing=failing)


def _look(instance: dg.DagsterInstance, state: State, record: dg.RunRecord) -> None:
    run = record.dagster_run
    job = job_of(run)
    ended = _ended(record)
    if ended <= state.ended.get(job, 0.0):
        return
    if run.tags.get(_WILL_RETRY) == "true":
        return  # the run that is launched in its place has the last word
    state.ended[job] = ended
    known = state.failing.get(job)
    reason = None if run.is_success else failure_of(instance, run.run_id)
    if reason is None:
        if known is not None:
            known.over_run_id = run.run_id
    elif known is None:
        state.failing[job] = Failing(ended, run.run_id, reason)
    else:
        known.over_run_id = ""


def _ended(record: dg.RunRecord) -> float:
    return record.end_time or record.update_timestamp.timestamp()


def job_of(run: dg.DagsterRun) -> str:
    """The job's name; of a run that has no job of its own, the assets it is for."""
    if run.job_name != _WITHOUT_A_NAME:
        return run.job_name
    return ", ".join(sorted(key.to_user_string() for key in run.asset_selection or ())) or "assets"


def failure_of(instance: dg.DagsterInstance, run_id: str) -> str | None:
    """Why a run failed; None where all that failed are partitions, which were told one by one."""
    steps = [
        entry.dagster_event
        for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
        if entry.dagster_event is not None
    ]
    reasons = [reason for reason in map(_step_reason, steps) if reason is not None]
    if reasons:
        return _shortened(reasons[0])
    if steps:
        return None
    events = instance.all_logs(run_id, of_type=dg.DagsterEventType.RUN_FAILURE)
    messages = [entry.dagster_event.message for entry in events if entry.dagster_event is not None]
    return _shortened((messages or ["it ended without a word"])[-1] or "no reason given")


def _step_reason(event: dg.DagsterEvent) -> str | None:
    data = event.step_failure_data
    said = data.user_failure_data
    if said is not None:
        if FAILED_PARTITIONS in said.metadata:
            return None
        return f"{event.step_key}: {said.description or said.label}"
    error = data.error
    while error is not None and error.cause is not None:
        error = error.cause  # Dagster's own wrapping says only that something was raised
    return f"{event.step_key}: {error.message.strip() if error else event.message}"


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_REASON else text[: _LONGEST_REASON - 1] + "…"


def _tell(state: State, configured: Settings) -> str:
    posting = Posting(configured)
    waiting = 0
    for job, one in sorted(state.failing.items(), key=lambda item: item[1].since):
        for message in _due(job, one, ui_address(configured)):
            if not posting.say(message):
                waiting += 1
                break
            one.is_posted = True
        else:
            if one.over_run_id:
                del state.failing[job]
    if configured.webhook_url is None:
        state.failing = {job: one for job, one in state.failing.items() if not one.over_run_id}
    return posting.words(waiting)


def _due(job: str, one: Failing, ui: str) -> Iterable[Message]:
    since = f"since {iso(round(one.since * 1000))}"
    if not one.is_posted:
        lines = [f"reason: {one.reason}", since]
        yield Message(f"FAILED {job}", lines, link=f"{ui}/runs/{one.run_id}")
    if one.over_run_id:
        lines = [f"had failed {since}", f"reason: {one.reason}"]
        yield Message(f"RECOVERED {job}", lines, link=f"{ui}/runs/{one.over_run_id}")
