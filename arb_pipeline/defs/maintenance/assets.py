"""Assets of maintenance: what is too old goes, and what is left is measured."""

# Annotations are not postponed here: Dagster reads those of assets, checks and schedules.

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg

from arb_pipeline.defs.maintenance.holding import Hold, holds
from arb_pipeline.defs.maintenance.pruning import prune
from arb_pipeline.defs.maintenance.report import Sweep, compression_table, stats_table, sweep_table
from arb_pipeline.defs.maintenance.runless import forget_runless
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.defs.running import run_step
from arb_pipeline.settings import settings
from arb_pipeline.storage.compression import compress_old_chunks, compressed_tables
from arb_pipeline.storage.database import Connection
from arb_pipeline.storage.retention import TableInUseError, drop_old, due_chunks
from arb_pipeline.storage.stats import cache_stats, database_bytes, table_stats

# The age at which policies of TimescaleDB compress, where there are any.
_COMPRESS_AFTER = timedelta(days=7)


@dataclass(slots=True)
class _Swept:
    """What became of all tables, and the metadata that says so."""

    sweeps: list[Sweep]
    metadata: dict[str, Any]


@dg.asset(
    group_name="maintenance",
    owners=["team:arb_pipeline"],
    kinds={"timescaledb", "python"},
    description=(
        "Drops chunks that are older than ARB_KEEP_DAYS says, and reports what it dropped, what it "
        "held back because an open run or backfill writes there, and how large the tables are. "
        "Of funding rates only the predicted ones go; what was paid is kept for ever. "
        "Compresses old chunks where TimescaleDB can and does not do so by itself."
    ),
)
def retention(
    context: dg.AssetExecutionContext, database: DatabaseResource
) -> dg.MaterializeResult[None]:
    """Drop what is older than it is kept, table by table.

    Raises:
        dagster.Failure: a table could not be cleared; the others are.
    """
    held = holds(context.instance, _assets_of_job)
    swept = run_step(_sweep(database, held))
    problems = [f"{sweep.table}: {sweep.problem}" for sweep in swept.sweeps if sweep.problem]
    for sweep in swept.sweeps:
        if sweep.dropped or sweep.deleted or sweep.held:
            context.log.info(sweep.sentence)
    if problems:
        raise dg.Failure("; ".join(problems), metadata=swept.metadata, allow_retries=False)
    return dg.MaterializeResult(metadata=swept.metadata)


def _assets_of_job(job: str) -> Iterable[str]:
    """What a job of this code materializes; LookupError of one it does not know."""
    # Imported here: definitions import this package.
    from arb_pipeline import definitions

    try:
        layer = definitions.defs.resolve_job_def(job).asset_layer
    except dg.DagsterInvariantViolationError as error:
        raise LookupError(job) from error
    return [key.to_user_string() for key in layer.executable_asset_keys]


async def _sweep(database: DatabaseResource, held: Mapping[str, Hold]) -> _Swept:
    now = datetime.now(tz=UTC)
    async with database.pool(1) as pool, pool.acquire() as connection:
        sweeps = [
            await _clear(connection, table, days, now, held.get(table))
            for table, days in settings().keep_days.items()
        ]
        compressed = await _compress(connection, now, held)
        return _Swept(sweeps, {**sweep_table(sweeps), **compressed, **await _measure(connection)})


async def _clear(
    connection: Connection, table: str, days: int, now: datetime, hold: Hold | None
) -> Sweep:
    cutoff = now - timedelta(days=days)
    sweep = Sweep(table, days)
    until: datetime | None = cutoff
    if hold is not None and hold.before(cutoff):
        until = hold.since
    try:
        if until is not None:
            dropped = await drop_old(connection, table, until)
            sweep.dropped, sweep.deleted = dropped.chunks, dropped.rows
    except TableInUseError as error:
        sweep.problem = str(error)
        return sweep
    sweep.held = await due_chunks(connection, table, cutoff)
    sweep.reason = hold.who if hold is not None and sweep.held else None
    return sweep


async def _compress(
    connection: Connection, now: datetime, held: Mapping[str, Hold]
) -> dict[str, Any]:
    done = {}
    for table, has_policy in (await compressed_tables(connection)).items():
        hold = held.get(table)
        until: datetime | None = now - _COMPRESS_AFTER
        if hold is not None and until is not None and hold.before(until):
            until = hold.since
        if not has_policy and until is not None:
            done[table] = await compress_old_chunks(connection, table, until)
    return compression_table(done)


async def _measure(connection: Connection) -> dict[str, Any]:
    configured = settings()
    tables = await table_stats(connection)
    cache = await cache_stats(connection)
    dagster = await database_bytes(connection, configured.dagster_db + configured.suffix)
    return stats_table(tables, cache, dagster)


@dg.asset(
    group_name="maintenance",
    owners=["team:arb_pipeline"],
    kinds={"dagster", "python"},
    description=(
        "Deletes runs of Dagster with their events and output: those of the heartbeat after "
        "ARB_KEEP_BEAT_RUNS_DAYS, all others after ARB_KEEP_RUNS_DAYS. The latest materialization "
        "of every partition stays, with its time and metadata."
    ),
)
def dagster_history(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Delete what ended long ago, the oldest first."""
    done = prune(
        context.instance,
        keep_beat_days=settings().keep_beat_runs_days,
        keep_days=settings().keep_runs_days,
    )
    before = datetime.now(tz=UTC) - timedelta(days=settings().keep_beat_runs_days)
    runless = forget_runless(context.instance, before)
    return dg.MaterializeResult(
        metadata={
            "runs of the heartbeat deleted": done.beat_runs,
            "other runs deleted": done.other_runs,
            "materializations kept without their run": done.materializations,
            "materializations of no run deleted": runless,
            "results of checks deleted": done.check_results,
            "runs kept that explain a failed partition": done.kept_runs,
            "runs left for the next time": done.left,
            "seconds": round(done.seconds, 3),
        }
    )
