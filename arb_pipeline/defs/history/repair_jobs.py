"""The jobs that fetch what is missing, one per data set, and which job collects what."""

# Annotations are not postponed here: Dagster reads those of jobs.

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from arb_pipeline.defs.history.assets import candles
from arb_pipeline.defs.history.automation import top_up_jobs
from arb_pipeline.defs.history.events import event_assets


def _job(asset: dg.AssetsDefinition) -> UnresolvedAssetJobDefinition:
    name = asset.key.path[-1]
    return dg.define_asset_job(
        f"{name}_repair",
        selection=[asset],
        executor_def=dg.in_process_executor,
        # Behind everything else that waits: nothing of it is urgent.
        tags={"dagster/priority": "-5"},
        description=f"Fetches what is missing of {name}; sensors say of which days and symbols.",
    )


_assets = [candles, *event_assets]
repair_jobs = {asset.key.path[-1]: _job(asset) for asset in _assets}
# Of every job that collects history.
ASSETS_BY_JOB = {job.name: asset for asset, job in repair_jobs.items()} | {
    job.name: asset.key.path[-1] for asset, job in zip(_assets, top_up_jobs, strict=True)
}
