"""Materializing from the command line: the same assets, recorded in the same instance as the UI's.

A run started here shows in the UI like any other, with its partitions and their metadata.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg
from dagster_postgres.utils import DagsterPostgresException
from sqlalchemy.exc import OperationalError

from arb_pipeline.dagster_launcher import process_tags
from arb_pipeline.defs.partitions import ExchangeDay, range_tags, static_range_tags
from arb_pipeline.model import DAY_MS, DataSet, Exchange, now_ms
from arb_pipeline.settings import ConfigurationError

# The CLI shows progress and a summary; Dagster's own log of the run is in the UI.
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True, slots=True)
class Launched:
    """What came of a run: its id, and why it failed (None where it did not)."""

    run_id: str
    problem: str | None


def materialize_history(
    instance: dg.DagsterInstance,
    asset: str,
    days: Sequence[ExchangeDay],
    *,
    config: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
) -> Launched:
    """Materialize a rectangle of partitions of candles, trades, settled funding or own fills."""
    return _materialize(
        instance, asset, {**range_tags(days), **(tags or {})}, {"config": dict(config or {})}
    )


def materialize_candles(
    instance: dg.DagsterInstance,
    days: Sequence[ExchangeDay],
    *,
    config: Mapping[str, Any],
    tags: Mapping[str, str] | None = None,
) -> Launched:
    """Materialize the candles of a rectangle of partitions in this process."""
    return materialize_history(instance, "candles", days, config=config, tags=tags)


def materialize_symbols(instance: dg.DagsterInstance, exchanges: Sequence[Exchange]) -> Launched:
    """Synchronise the listings of neighbouring exchanges in this process."""
    return _materialize(instance, "symbols", static_range_tags(exchanges), {})


def materialize_snapshots(
    instance: dg.DagsterInstance,
    exchanges: Sequence[Exchange],
    data_sets: Sequence[DataSet],
    *,
    tags: Mapping[str, str] | None = None,
) -> Launched:
    """Sample neighbouring exchanges now, in this process; without checks, as the beat does."""
    today = now_ms() // DAY_MS * DAY_MS
    days = [ExchangeDay(exchange, today) for exchange in exchanges]
    names = [data_set.value for data_set in data_sets]
    # The two jobs whose selection has no checks.
    job = "balances_sync" if names == [DataSet.BALANCES.value] else "beat"
    return _run(instance, job, names, {**range_tags(days), **(tags or {})}, {})


def materialize_derived(
    instance: dg.DagsterInstance,
    asset: str,
    days: Sequence[ExchangeDay],
    *,
    tags: Mapping[str, str] | None = None,
) -> Launched:
    """Compute a rectangle of partitions of what is computed of stored rows, in this process."""
    return _materialize(instance, asset, {**range_tags(days), **(tags or {})}, {})


def _materialize(
    instance: dg.DagsterInstance, asset: str, tags: Mapping[str, str], op: Mapping[str, Any]
) -> Launched:
    return _run(instance, None, [asset], tags, {asset: dict(op)})


def _run(
    instance: dg.DagsterInstance,
    job_name: str | None,
    assets: Sequence[str],
    tags: Mapping[str, str],
    ops: Mapping[str, Any],
) -> Launched:
    # Imported here: definitions import every asset, and assets import this package.
    from arb_pipeline.definitions import defs

    job = (
        defs.resolve_job_def(job_name) if job_name else defs.resolve_implicit_global_asset_job_def()
    )
    try:
        result = job.execute_in_process(
            instance=instance,
            asset_selection=[dg.AssetKey(asset) for asset in assets],
            # Killed, this process can't say that the run is over: by the tag others see it.
            tags={**tags, **process_tags()},
            run_config={**_QUIET, "ops": dict(ops)},
            raise_on_error=False,
        )
    except (DagsterPostgresException, OperationalError) as error:
        raise ConfigurationError(
            "the database went away during the run; what was committed is kept, and only what is "
            "missing will be asked for. See 'arb-pipeline doctor', then run the command again"
        ) from error
    if result.success:
        return Launched(result.run_id, None)
    if any(event.event_type is dg.DagsterEventType.RUN_CANCELED for event in result.all_events):
        raise KeyboardInterrupt  # Dagster took the signal; whoever launched the run must see it
    return Launched(result.run_id, "\n".join(map(_problem, _failures(result.all_events))))


def _failures(events: Sequence[dg.DagsterEvent]) -> list[dg.DagsterEvent]:
    """The failed steps, or the failure of the run where it did not get as far as a step."""
    steps = [event for event in events if event.is_step_failure]
    return steps or [event for event in events if event.is_failure]


def _problem(event: dg.DagsterEvent) -> str:
    if not event.is_step_failure:
        error = event.job_failure_data.error
        return error.to_string() if error else event.message or "the run failed"
    failure = event.step_failure_data
    if failure.user_failure_data is not None and failure.user_failure_data.description:
        return failure.user_failure_data.description
    return failure.error_display_string
