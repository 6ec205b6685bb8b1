"""Jobs whose runs the tests of pruning let end, well or badly."""

# Annotations are not postponed here: Dagster reads those of assets and checks.

import dagster as dg

KEYS = ["a", "b", "c", "d"]
PARTITIONS = dg.StaticPartitionsDefinition(KEYS)
RANGE = {"dagster/asset_partition_range_start": "a", "dagster/asset_partition_range_end": "c"}
FAILING: set[str] = set()


class _BrokenError(Exception):
    pass


@dg.asset(partitions_def=PARTITIONS, backfill_policy=dg.BackfillPolicy.single_run())
def sampled(context: dg.AssetExecutionContext) -> None:
    """Reports each partition by itself, as snapshots do; fails for those that are to fail."""
    told = {"run": context.run.run_id}
    for key in sorted(context.partition_keys):
        if not FAILING:
            context.add_asset_metadata(told, partition_key=key)
        elif key not in FAILING:
            context.log_event(dg.AssetMaterialization("sampled", partition=key, metadata=told))
    if FAILING:
        raise _BrokenError


@dg.asset
def whole() -> None:
    """Not partitioned."""


@dg.asset_check(asset=whole)
def sound() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


DEFS = dg.Definitions(
    assets=[sampled, whole],
    asset_checks=[sound],
    jobs=[
        dg.define_asset_job("beat", [sampled], executor_def=dg.in_process_executor),
        dg.define_asset_job("top_up", [whole], executor_def=dg.in_process_executor),
    ],
)


def run(instance: dg.DagsterInstance, job: str, *failing: str) -> str:
    """Run the job to its end, failing for these partitions; gives the id of the run."""
    FAILING.clear()
    FAILING.update(failing)
    result = DEFS.resolve_job_def(job).execute_in_process(
        instance=instance, tags=RANGE if job == "beat" else {}, raise_on_error=False
    )
    assert result.success is not bool(failing)
    return result.run_id
