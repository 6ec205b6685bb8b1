"""The sensor that completes history: what is missing becomes runs, newest first.

What belongs here: one look, from what is missing to the runs that are requested, which repair and
registration share. They never fight over a day: a line of history belongs to ``registration`` until
it was complete for the first time, and to ``repair`` from then on.
"""

# Annotations are not postponed here: Dagster reads those of sensors.

from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Any

import dagster as dg

from arb_pipeline.defs.history.in_progress import REPAIR_TAG, busy, own_runs
from arb_pipeline.defs.history.kept import KEPT
from arb_pipeline.defs.history.repair_jobs import ASSETS_BY_JOB, repair_jobs
from arb_pipeline.defs.history.repair_plan import RunPlan, plan
from arb_pipeline.defs.history.wanted import lines
from arb_pipeline.defs.partitions import range_tags
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.defs.running import DATABASE_AWAY, run
from arb_pipeline.model import DataSet, iso, now_ms
from arb_pipeline.settings import settings
from arb_pipeline.storage import repair as books
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.doubts import doubt_trades
from arb_pipeline.storage.registrations import Line, Registration, registrations
from arb_pipeline.storage.repair import Gap

_TOLD = 3
# Runs of trades doubt what they learnt themselves; candles that came later are seen by a tick,
# which looks back to the tick before, and this much further.
_LATELY = timedelta(minutes=15)
_EVER = timedelta(days=36_500)


@dataclass(slots=True)
class Look:
    """What one look at history found, and what it starts."""

    now: int
    lines: list[Line]
    gaps: list[Gap]
    plans: list[RunPlan] = field(default_factory=list)
    rechecked: int = 0
    completed: list[Registration] = field(default_factory=list)
    held: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        if not self.gaps:
            words = f"nothing is missing in {len(self.lines)} lines"
        else:
            waiting = [gap for gap in self.gaps if gap.is_waiting]
            words = f"{len(self.gaps)} days miss something, {len(waiting)} wait for another attempt"
            due = min((gap.next_attempt_at or 0 for gap in waiting), default=0)
            words += f" (first at {iso(due)})" if due else ""
        for started in self.plans[:_TOLD]:
            words += f"; run for {started}"
        words += f"; {len(self.plans)} runs" if len(self.plans) > _TOLD else ""
        words += f"; {', '.join(sorted(self.held))}: runs in progress" if self.held else ""
        words += f"; absences of {self.rechecked} days are asked again" if self.rechecked else ""
        return words + "".join(f"; {_name(one)} is complete" for one in self.completed)

    def requests(self, kind: str) -> list[dg.RunRequest]:
        """The runs, for Dagster."""
        return [
            dg.RunRequest(
                # The same run is never due twice at one moment; asked again later it is another.
                run_key=f"{kind} {iso(self.now)} {index} {started}",
                job_name=repair_jobs[started.asset].name,
                tags={REPAIR_TAG: kind, **range_tags(started.partitions)},
                run_config={"ops": {started.asset: {"config": started.config}}},
            )
            for index, started in enumerate(self.plans)
        ]


def _name(one: Registration) -> str:
    return f"{one.exchange} {one.exchange_symbol} {one.timeframe or one.data_set}"


async def look(
    pool: Pool,
    chosen: Sequence[Registration],
    *,
    instance: dg.DagsterInstance,
    kind: str,
    recheck: timedelta | None = None,
) -> Look:
    """Find what is missing, bring the books up to date, choose and book runs.

    Args:
        pool: connections.
        chosen: whose history.
        instance: whose open runs and backfills are not to be disturbed.
        kind: the sensor; each has its own limit of runs, so that one cannot starve the other.
        recheck: absences may be asked for a second time, and what was learnt so lately is doubted.
    """
    configured, now = settings(), now_ms()
    slots = max(0, configured.repair_runs - own_runs(instance, kind))
    occupied = busy(instance, ASSETS_BY_JOB)
    looked_at = lines(chosen, now)
    rechecked = 0
    if recheck:
        await doubt(pool, looked_at, changed_within=recheck)
    if recheck and configured.recheck_requests:
        rechecked = await books.recheck_due(
            pool,
            looked_at,
            confirmed_before=now - round(configured.recheck_hours * 3_600_000),
            requests=configured.recheck_requests,
        )
    await books.write_off(pool, looked_at)
    found = await books.gaps(pool, looked_at)
    completed = await books.settle(pool, looked_at, found)
    result = Look(now, looked_at, found, rechecked=rechecked, completed=completed)
    free = []
    for gap in found:
        of = gap.line.of
        if (of.exchange, KEPT[of.data_set].asset) in occupied:
            result.held.add(of.exchange.value)
        elif not gap.is_waiting:
            free.append(gap)
    planned = plan(
        free,
        days_per_run=configured.repair_days_per_run,
        requests_per_run=configured.repair_requests_per_run,
    )
    result.plans = list(islice(planned, slots))
    await book(pool, result.plans)
    return result


async def doubt(
    pool: Pool, looked_at: Sequence[Line], *, changed_within: timedelta = _EVER
) -> None:
    """Call absent what has candles and no trades; see ``storage/doubts``."""
    windows = {
        line.of.symbol_id: line.wanted for line in looked_at if line.of.data_set == DataSet.TRADES
    }
    await doubt_trades(
        pool, windows, minutes=settings().absent_minutes, changed_within=changed_within
    )


async def book(pool: Pool, plans: Sequence[RunPlan]) -> None:
    """Note the attempts of runs that are about to start, so that none starts twice."""
    configured = settings()
    await books.book(
        pool,
        [gap for started in plans for gap in started.gaps],
        pause=timedelta(seconds=configured.repair_backoff_seconds),
        longest=timedelta(hours=configured.repair_backoff_hours),
    )


@dg.sensor(
    name="repair",
    jobs=list(repair_jobs.values()),
    minimum_interval_seconds=settings().repair_seconds,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "Turns what is missing of tracked symbols into runs for exactly those days and symbols, "
        "newest first; what keeps failing is asked for less and less often. What was absent is "
        "asked for once more after a day."
    ),
)
def repair(context: dg.SensorEvaluationContext, database: DatabaseResource) -> dg.SensorResult:
    """Look at everything that was complete once."""
    return evaluate(context, _look(context.instance, database, context.cursor), "repair")


async def _look(instance: dg.DagsterInstance, database: DatabaseResource, last: str | None) -> Look:
    """A look at what was complete once; ``last``: when the one before was, milliseconds."""
    since = timedelta(milliseconds=now_ms() - int(last)) + _LATELY if last else _EVER
    async with database.pool(1) as pool:
        known = await registrations(pool, settings().exchanges)
        complete = [one for one in known if one.is_complete]
        return await look(pool, complete, instance=instance, kind="repair", recheck=since)


def evaluate(
    context: dg.SensorEvaluationContext, looking: Coroutine[Any, Any, Look], kind: str
) -> dg.SensorResult:
    """What a look makes of a tick; what it says is told in the tick or, with runs, in its log."""
    try:
        found = run(looking)
    except DATABASE_AWAY as error:
        return dg.SensorResult(skip_reason=f"the database is away ({type(error).__name__})")
    if not found.plans:
        return dg.SensorResult(skip_reason=str(found), cursor=str(found.now))
    context.log.info(str(found))
    return dg.SensorResult(run_requests=found.requests(kind), cursor=str(found.now))
