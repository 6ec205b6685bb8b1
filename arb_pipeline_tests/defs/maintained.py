"""What the tests of retention share: assets that stand for the real ones, and days ago."""

# Annotations are not postponed here: Dagster reads those of assets and checks.

from datetime import UTC, datetime

import dagster as dg

from arb_pipeline.defs.maintenance import maintenance_assets, maintenance_jobs
from arb_pipeline.defs.partitions import ENABLED, ExchangeDay, exchange_day_partitions
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.model import DAY_MS
from arb_pipeline.storage.coverage import to_ms

NOW = datetime.now(tz=UTC)
TODAY = to_ms(NOW.replace(hour=0, minute=0, second=0, microsecond=0))


@dg.asset(partitions_def=exchange_day_partitions())
def book_tickers() -> None:
    """Stands for the asset of that name; what it does is of no importance here."""


@dg.asset(partitions_def=exchange_day_partitions())
def tickers() -> None:
    """As book_tickers."""


DEFS = dg.Definitions(
    assets=[*maintenance_assets, book_tickers, tickers],
    jobs=[*maintenance_jobs, dg.define_asset_job("mine", [book_tickers])],
    resources={"database": DatabaseResource()},
)


def ago(days: int) -> ExchangeDay:
    return ExchangeDay(ENABLED[0], TODAY - days * DAY_MS)
