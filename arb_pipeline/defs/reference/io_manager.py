"""How fetched listings become rows of ``symbols``."""

# Annotations are not postponed here: Dagster reads those of resources.

from collections.abc import Sequence
from typing import TYPE_CHECKING

import dagster as dg

from arb_pipeline.defs.collecting import entries, keep_books
from arb_pipeline.defs.outcomes import Outcome, settle
from arb_pipeline.defs.reference.assets import FetchedListings
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.defs.running import run, run_step
from arb_pipeline.exchanges.errors import ExchangeError, Transient
from arb_pipeline.exchanges.symbols import Listings
from arb_pipeline.model import Exchange, now_ms
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.listings import SuspiciousListingsError, SyncReport, sync_listings
from arb_pipeline.storage.reference import Reference

if TYPE_CHECKING:
    import pandas as pd

_NAMED = 50


class ListingsIOManager(dg.ConfigurableIOManager):
    """Synchronises each exchange's listings in a transaction of its own."""

    database: dg.ResourceDependency[DatabaseResource]

    def handle_output(self, context: dg.OutputContext, obj: FetchedListings) -> None:
        """Store what was fetched, then report each exchange by itself.

        Raises:
            dagster.Failure: an exchange could not be asked, or its list cannot be believed.
        """
        settle(context, run_step(self._store(obj, context.run_id)), obj.report)

    def load_input(self, context: dg.InputContext) -> "pd.DataFrame":
        """The symbols of the exchanges asked for, one row each."""
        return run(self._load([Exchange(key) for key in context.asset_partition_keys]))

    async def _store(self, fetched: FetchedListings, run_id: str) -> list[Outcome]:
        moment = now_ms()
        async with self.database.pool() as pool:
            outcomes = [
                await _outcome(pool, exchange, answer)
                for exchange, answer in fetched.exchanges.items()
            ]
            books = entries(
                outcomes, asset="symbols", moment=moment, run_id=run_id, exchange_of=Exchange
            )
            await keep_books(pool, books)
            return outcomes

    async def _load(self, exchanges: Sequence[Exchange]) -> "pd.DataFrame":
        async with self.database.pool(1) as pool:
            reference = await Reference.load(pool)
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "symbol_id": instrument.symbol_id,
                    "exchange": instrument.exchange.value,
                    "exchange_symbol": instrument.exchange_symbol,
                    "base": instrument.base,
                    "quote": instrument.quote,
                    "is_active": reference.is_active(instrument),
                }
                for exchange in exchanges
                for instrument in reference.listed(exchange)
            ]
        )


async def _outcome(pool: Pool, exchange: Exchange, answer: Listings | ExchangeError) -> Outcome:
    if isinstance(answer, ExchangeError):
        return Outcome(
            exchange.value, problems=[str(answer)], is_transient=isinstance(answer, Transient)
        )
    try:
        async with pool.acquire() as connection:
            report = await sync_listings(
                connection, exchange, answer.listings, now_ms(), refused=answer.rejected
            )
    except SuspiciousListingsError as error:
        return Outcome(exchange.value, problems=[str(error)])
    return Outcome(exchange.value, metadata=_metadata(report, len(answer.listings)))


def _metadata(report: SyncReport, listed: int) -> dict[str, object]:
    named = {
        "new": report.new,
        "changed": report.changed,
        "renamed": report.renamed,
        "delisted": report.delisted,
        "relisted": report.relisted,
    }
    return {
        "dagster/partition_row_count": listed,
        "unchanged": report.unchanged,
        "rejected": len(report.rejected),
        **{name: len(symbols) for name, symbols in named.items()},
        **{
            f"{name} symbols": ", ".join(symbols[:_NAMED]) + (" …" if len(symbols) > _NAMED else "")
            for name, symbols in named.items()
            if symbols
        },
    }
