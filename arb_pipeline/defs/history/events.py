"""Assets of events: public trades, settled funding, own fills."""

# Annotations are not postponed here: Dagster reads those of assets, checks and schedules.

from collections.abc import Mapping
from typing import Any

import dagster as dg
from pydantic import Field

from arb_pipeline.defs.history.event_sources import FILLS, FUNDING, TRADES, EventSource
from arb_pipeline.defs.history.in_progress import REPAIR_TAG, TOP_UP_TAG
from arb_pipeline.defs.history.kept import has_account
from arb_pipeline.defs.history.stream import HistoryStream
from arb_pipeline.defs.partitions import (
    ENABLED,
    ExchangeDay,
    exchange_day_partitions,
    partition_keys,
)
from arb_pipeline.defs.resources import ExchangesResource
from arb_pipeline.defs.table_schema import table_metadata
from arb_pipeline.model import DataSet, Exchange, MarketType
from arb_pipeline.settings import settings

_ONCE = (
    " Only what coverage does not hold is asked for, so materializing a partition twice costs no "
    "request. A partition is complete when every moment of it is covered or out of the exchange's "
    "reach."
)


class EventsConfig(dg.Config):
    """What of the partitions to fetch; the defaults are what schedules use."""

    symbols: list[str] = Field(
        default=[],
        description="Unified names (BTC/USDT) or exchange ids (BTCUSDT); empty: all tracked",
    )
    refetch: bool = Field(
        default=False, description="Ask again for what is stored, and correct rows that changed"
    )


def _events(name: str, source: EventSource, table: str, description: str) -> dg.AssetsDefinition:
    @dg.asset(
        name=name,
        partitions_def=exchange_day_partitions(),
        # One run per contiguous range: partition_keys() guards against the bug of job backfills.
        backfill_policy=dg.BackfillPolicy.single_run(),
        io_manager_key="history_io_manager",
        group_name="history",
        owners=["team:arb_pipeline"],
        kinds={"ccxt", "timescaledb", "python"},
        tags={"data_set": source.data_set.value},
        metadata=table_metadata(table),
        description=description + _ONCE,
    )
    def fetched(
        context: dg.AssetExecutionContext, config: EventsConfig, exchanges: ExchangesResource
    ) -> HistoryStream:
        configured = settings()
        return HistoryStream(
            days=[ExchangeDay.parse(key) for key in partition_keys(context)],
            sources=[source],
            symbols=config.symbols,
            refetch=config.refetch,
            symbols_in_parallel=configured.symbols_in_parallel,
            pages_in_parallel=configured.pages_in_parallel,
            grace_ms=round(configured.candle_grace_seconds * 1000),
            with_charts=False,
            chosen=not context.run.tags.keys() & {REPAIR_TAG, TOP_UP_TAG},
            resource=exchanges,
            report=context.add_asset_metadata,
            nothing=nothing_to_fetch(source.data_set),
        )

    return fetched


def nothing_to_fetch(data_set: DataSet) -> Mapping[Exchange, str]:
    """The enabled exchanges that have nothing of a data set for us, and why."""
    if data_set is DataSet.FUNDING_RATES:
        spot = [one for one in ENABLED if one.market_type is MarketType.SPOT]
        return dict.fromkeys(spot, "nothing to collect: spot has no funding")
    if data_set is DataSet.ACCOUNT_TRADES:
        return {
            exchange: f"not configured: set {exchange.company}_API_KEY and _API_SECRET"
            for exchange in ENABLED
            if not has_account(exchange)
        }
    return {}


trades = _events(
    "trades",
    TRADES,
    "trade_snapshots",
    "Public trades of the tracked symbols. Bybit serves only its newest, Gate a month: what is "
    "older is unreachable.",
)
funding_rate_history = _events(
    "funding_rate_history",
    FUNDING,
    "funding_rate_snapshots",
    "Funding as it was paid, of the tracked perpetuals. Spot exchanges have none.",
)
account_trades = _events(
    "account_trades",
    FILLS,
    "account_trades",
    "Own fills of the tracked symbols, of every account with credentials.",
)
event_assets: list[Any] = [trades, funding_rate_history, account_trades]
