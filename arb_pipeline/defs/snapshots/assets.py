"""Assets of the heartbeat: tops of books, tickers, funding rates, balances."""

# Annotations are not postponed here: Dagster reads those of assets, checks and schedules.

from typing import Any

import dagster as dg

from arb_pipeline.defs.monitoring.freshness import collector_freshness
from arb_pipeline.defs.partitions import exchange_day_partitions
from arb_pipeline.defs.snapshots.sampling import Sampled, SamplingResource
from arb_pipeline.defs.table_schema import table_metadata
from arb_pipeline.model import DataSet
from arb_pipeline.settings import settings

_TODAY = (
    " A snapshot cannot be taken of the past: only partitions of today can be materialized, "
    "others are refused and stay as they are."
)


def _snapshot(
    data_set: DataSet, table: str, description: str, *, expected: bool = True
) -> dg.AssetsDefinition:
    @dg.asset(
        name=data_set.value,
        partitions_def=exchange_day_partitions(),
        # One run for all exchanges: partition_keys() guards against the bug of job backfills.
        backfill_policy=dg.BackfillPolicy.single_run(),
        io_manager_key="snapshot_io_manager",
        group_name="snapshots",
        owners=["team:arb_pipeline"],
        kinds={"ccxt", "timescaledb", "python"},
        tags={"data_set": data_set.value},
        metadata=table_metadata(table),
        freshness_policy=collector_freshness(data_set) if expected else None,
        description=description + _TODAY,
    )
    def sampled(context: dg.AssetExecutionContext, sampling: SamplingResource) -> Sampled:
        return sampling.sample(context, data_set)

    return sampled


book_tickers = _snapshot(
    DataSet.BOOK_TICKERS,
    "book_ticker_snapshots",
    "Best bid and ask with their quantities, of the tracked symbols, sampled every minute.",
)
tickers = _snapshot(
    DataSet.TICKERS,
    "ticker_snapshots",
    "Last price, 24-hour figures, and mark and index price where there is one, of the tracked "
    "symbols, sampled every minute.",
)
funding_rates = _snapshot(
    DataSet.FUNDING_RATES,
    "funding_rate_snapshots",
    "Predicted funding rate, funding time and interval of the tracked perpetuals, sampled every "
    "ten minutes. Spot exchanges have none, and their partitions no rows.",
)
balances = _snapshot(
    DataSet.BALANCES,
    "balance_snapshots",
    "What every account with credentials holds, sampled every five minutes: each asset above the "
    "dust threshold, and once as zero what is gone.",
)
order_books = _snapshot(
    DataSet.ORDER_BOOKS,
    "order_book_levels",
    "Bids and asks of the tracked symbols to the depth of ARB_ORDER_BOOK_LEVELS, sampled with the "
    "beat; nothing is collected where that is 0.",
    expected=settings().order_book_levels > 0,
)
snapshot_assets: list[Any] = [book_tickers, tickers, funding_rates, order_books, balances]
