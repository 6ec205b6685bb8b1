"""Assets of history: candles now; trades, funding and fills follow the same way."""

# Annotations are not postponed here: Dagster reads those of assets, checks and schedules.

import dagster as dg
from pydantic import Field

from arb_pipeline.defs.history.in_progress import REPAIR_TAG, TOP_UP_TAG
from arb_pipeline.defs.history.sources import CandleSource
from arb_pipeline.defs.history.stream import HistoryStream
from arb_pipeline.defs.partitions import ExchangeDay, exchange_day_partitions, partition_keys
from arb_pipeline.defs.resources import ExchangesResource
from arb_pipeline.defs.table_schema import table_metadata
from arb_pipeline.model import TIMEFRAMES
from arb_pipeline.settings import settings


class CandlesConfig(dg.Config):
    """What of the partitions to fetch; the defaults are what schedules use."""

    timeframes: list[str] = Field(
        default=[], description="Lengths of candles, such as 1m or 1h; empty: ARB_CANDLE_TIMEFRAMES"
    )
    symbols: list[str] = Field(
        default=[],
        description="Unified names (BTC/USDT) or exchange ids (BTCUSDT); empty: all tracked",
    )
    refetch: bool = Field(
        default=False, description="Ask again for what is stored, and correct rows that changed"
    )


@dg.asset(
    partitions_def=exchange_day_partitions(),
    # One run per contiguous range: partition_keys() guards against the bug of job backfills.
    backfill_policy=dg.BackfillPolicy.single_run(),
    io_manager_key="history_io_manager",
    group_name="history",
    owners=["team:arb_pipeline"],
    kinds={"ccxt", "timescaledb", "python"},
    tags={"data_set": "candles"},
    metadata=table_metadata("candles"),
    description=(
        "OHLCV candles of the tracked symbols, exactly as the exchange sent them. Only what "
        "coverage does not hold is asked for, so materializing a partition twice costs no request; "
        "a candle is stored once it is closed by the exchange's clock. A partition is complete "
        "when every candle of it is present, confirmed absent or out of the exchange's reach."
    ),
)
def candles(
    context: dg.AssetExecutionContext, config: CandlesConfig, exchanges: ExchangesResource
) -> HistoryStream:
    """A lazy stream of the missing candles of this run's partitions."""
    names = config.timeframes or settings().candle_timeframes
    unknown = [name for name in names if name not in TIMEFRAMES]
    if unknown:
        raise dg.Failure(
            f"unknown timeframe {', '.join(unknown)}; choose from {', '.join(TIMEFRAMES)}",
            allow_retries=False,
        )
    return HistoryStream(
        days=[ExchangeDay.parse(key) for key in partition_keys(context)],
        # What is fetched again is to be as the exchange says today; files are not corrected.
        sources=[CandleSource(TIMEFRAMES[name], archives=not config.refetch) for name in names],
        symbols=config.symbols,
        refetch=config.refetch,
        symbols_in_parallel=settings().symbols_in_parallel,
        pages_in_parallel=settings().pages_in_parallel,
        grace_ms=round(settings().candle_grace_seconds * 1000),
        # Top-ups run every few minutes; a picture each would fill the event log.
        with_charts=TOP_UP_TAG not in context.run.tags,
        chosen=not context.run.tags.keys() & {REPAIR_TAG, TOP_UP_TAG},
        resource=exchanges,
        report=context.add_asset_metadata,
    )
