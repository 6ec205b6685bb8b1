"""The sensor that fills the history of what became tracked, by whatever way.

A registration is a depth per symbol and data set; filling it is repair of what lies above that
depth, so there is one mechanism: the same plan of runs, the same books, the same pauses. What this
room adds is registering, and that what is new is filled by a sensor of its own, which shows how
far it is.
"""

# Annotations are not postponed here: Dagster reads those of sensors.

import dagster as dg

from arb_pipeline.defs.history.repair import Look, evaluate, look, repair
from arb_pipeline.defs.history.repair_jobs import repair_jobs
from arb_pipeline.defs.history.wanted import collected
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.model import now_ms
from arb_pipeline.settings import settings
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.registrations import Registration, register, registrations


async def registered(pool: Pool) -> list[Registration]:
    """Register what became tracked or is wanted deeper; everything of the enabled exchanges."""
    exchanges = settings().exchanges
    await register(pool, collected(exchanges, now_ms()), settings().history_start_ms)
    return await registrations(pool, exchanges)


@dg.sensor(
    name="registration",
    jobs=list(repair_jobs.values()),
    # A run of ten days may take a second: what is new waits for looks, not for runs.
    minimum_interval_seconds=min(10, settings().repair_seconds),
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "Fills the history of symbols that became tracked (arb-pipeline symbols track, or SQL), to "
        "the depth of ARB_BACKFILL_DAYS (of trades: ARB_TRADES_BACKFILL_DAYS) or as far back as "
        "the exchange serves and retention keeps, newest days first. Where that setting was raised "
        "since, the days before are filled as well."
    ),
)
def registration(
    context: dg.SensorEvaluationContext, database: DatabaseResource
) -> dg.SensorResult:
    """Look at everything that is not complete yet."""
    return evaluate(context, _look(context.instance, database), "registration")


async def _look(instance: dg.DagsterInstance, database: DatabaseResource) -> Look:
    async with database.pool(1) as pool:
        incomplete = [one for one in await registered(pool) if not one.is_complete]
        return await look(pool, incomplete, instance=instance, kind="registration")


history_sensors = [registration, repair]
history_jobs = list(repair_jobs.values())
