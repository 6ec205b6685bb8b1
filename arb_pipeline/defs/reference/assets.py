"""The ``symbols`` asset: what each exchange lists, synchronised into ``symbols``."""

# Annotations are not postponed here: Dagster reads those of assets, checks and schedules.

import asyncio
from dataclasses import dataclass

import dagster as dg

from arb_pipeline.defs.outcomes import Report
from arb_pipeline.defs.partitions import exchange_partitions
from arb_pipeline.defs.resources import DatabaseResource, ExchangesResource
from arb_pipeline.defs.running import run_step
from arb_pipeline.defs.table_schema import table_metadata
from arb_pipeline.exchanges.errors import ExchangeError
from arb_pipeline.exchanges.symbols import Listings, fetch_listings
from arb_pipeline.model import Exchange


@dataclass(slots=True)
class FetchedListings:
    """What each exchange of a run lists, or why it could not be asked."""

    exchanges: dict[Exchange, Listings | ExchangeError]
    report: Report


@dg.asset(
    partitions_def=exchange_partitions,
    backfill_policy=dg.BackfillPolicy.single_run(),
    io_manager_key="listings_io_manager",
    group_name="reference",
    owners=["team:arb_pipeline"],
    kinds={"ccxt", "timescaledb", "python"},
    tags={"data_set": "symbols"},
    metadata=table_metadata("symbols"),
    description=(
        "Every symbol an exchange lists, with tick size, lot size, fees and listing time. New ones "
        "are added, changed and renamed ones updated, delisted ones marked; none is ever deleted."
    ),
)
def symbols(
    context: dg.AssetExecutionContext, exchanges: ExchangesResource, database: DatabaseResource
) -> FetchedListings:
    """Ask the exchanges of this run, side by side, for what they list."""
    names = [Exchange(key) for key in sorted(context.partition_keys)]
    return FetchedListings(run_step(_fetch(exchanges, database, names)), context.add_asset_metadata)


async def _fetch(
    resource: ExchangesResource, database: DatabaseResource, names: list[Exchange]
) -> dict[Exchange, Listings | ExchangeError]:
    async with database.pool(1) as pool, resource.clients(pool) as clients:

        async def one(exchange: Exchange) -> Listings | ExchangeError:
            try:
                return await fetch_listings(clients[exchange])
            except ExchangeError as error:  # settled per partition by the IO manager
                return error

        answers = await asyncio.gather(*(one(exchange) for exchange in names))
    return dict(zip(names, answers, strict=True))
