"""How samples become rows, and rows become inputs.

What belongs here: storing each sample as it arrives, telling Dagster the truth per partition, and
keeping the books of every sampling. What does not: sampling (``rounds``), SQL (``storage/``).
"""

# Annotations are not postponed here: Dagster reads those of resources.

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncpg
import dagster as dg

from arb_pipeline.defs.collecting import keep_books
from arb_pipeline.defs.outcomes import Outcome, settle
from arb_pipeline.defs.partitions import ExchangeDay, windows
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.defs.running import DATABASE_AWAY, outlasting, run
from arb_pipeline.defs.snapshots.rounds import Sample, TooLateError
from arb_pipeline.defs.snapshots.sampling import Sampled
from arb_pipeline.exchanges.errors import Transient
from arb_pipeline.model import DataSet, Exchange, Interval, SnapshotPage
from arb_pipeline.settings import settings
from arb_pipeline.storage import queries
from arb_pipeline.storage.balances import store_balances
from arb_pipeline.storage.collections import Collection
from arb_pipeline.storage.database import Connection, Pool
from arb_pipeline.storage.order_books import store_order_books
from arb_pipeline.storage.reference import Reference
from arb_pipeline.storage.snapshots import store_snapshots

if TYPE_CHECKING:
    import pandas as pd


@dataclass(slots=True)
class _Stored:
    outcome: Outcome
    collection: Collection


class SnapshotIOManager(dg.ConfigurableIOManager):
    """Stores samples, each exchange's as soon as it is there."""

    database: dg.ResourceDependency[DatabaseResource]

    def handle_output(self, context: dg.OutputContext, obj: Sampled) -> None:
        """Store every sample, then report each partition by itself.

        Raises:
            dagster.Failure: some partitions failed; it lists them with their reasons.
        """
        # One loop and pool for all samples, while this thread waits for the next one.
        with asyncio.Runner() as runner:
            pool, reference = runner.run(outlasting(self._open))
            try:
                stored = [
                    runner.run(_store(pool, reference, obj, sample))
                    for sample in obj.round.samples(obj.data_set)
                ]
                books = [one.collection for one in stored]
                runner.run(outlasting(lambda: keep_books(pool, books)))
            except TooLateError as error:
                raise dg.Failure(str(error), allow_retries=False) from error
            finally:
                runner.run(pool.close())
        settle(context, [one.outcome for one in stored], obj.report)

    def load_input(self, context: dg.InputContext) -> "pd.DataFrame":
        """The rows of the partitions asked for."""
        data_set = DataSet(context.asset_key.path[-1])
        days = [ExchangeDay.parse(key) for key in context.asset_partition_keys]
        return run(self._load(data_set, days))

    async def _open(self) -> tuple[Pool, Reference]:
        pool = await self.database.open(1)
        return pool, await Reference.load(pool)

    async def _load(self, data_set: DataSet, days: Sequence[ExchangeDay]) -> "pd.DataFrame":
        async with self.database.pool(1) as pool, pool.acquire() as connection:
            reference = await Reference.load(connection)
            frames = [
                await _rows(connection, reference, exchange, data_set, interval)
                for exchange, intervals in windows(days).items()
                for interval in intervals
            ]
        import pandas as pd

        return pd.concat(frames, ignore_index=True)


async def _rows(
    connection: Connection,
    reference: Reference,
    exchange: Exchange,
    data_set: DataSet,
    interval: Interval,
) -> "pd.DataFrame":
    if data_set is DataSet.BALANCES:
        return await queries.balances(connection, [reference.exchange_id(exchange)], interval)
    read = {
        DataSet.BOOK_TICKERS: queries.book_tickers,
        DataSet.TICKERS: queries.tickers,
        DataSet.FUNDING_RATES: queries.funding_rates,
        DataSet.ORDER_BOOKS: queries.order_books,
    }[data_set]
    ids = [instrument.symbol_id for instrument in reference.listed(exchange)]
    return await read(connection, ids, interval)


async def _store(pool: Pool, reference: Reference, value: Sampled, sample: Sample) -> _Stored:
    """Store one sample, or say why there is none; a problem concerns its exchange only."""
    metadata: dict[str, Any] = {
        "late by (s)": round((sample.sampled_at - value.round.plan.moment) / 1000, 3),
        "sampling took (s)": round(sample.seconds, 3),
        "attempts": sample.attempts,
    }
    problem: str | None = None
    counts: dict[str, Any] = {"rows stored": 0, "rows rejected": 0}
    page = sample.page
    if sample.error is not None:
        problem = str(sample.error)
    elif page is None:
        metadata = {"note": sample.note}
    else:
        try:
            counts = await _put(pool, page, reference.exchange_id(sample.exchange))
        except DATABASE_AWAY:
            raise  # concerns all of them
        except asyncpg.PostgresError as error:
            problem = f"{sample.exchange} {sample.data_set}: could not be stored: {error}"
        metadata |= {**counts, "requests": page.requests}
        if page.missing and problem is None:
            names = ", ".join(one.exchange_symbol for one in page.missing[:20])
            problem = f"the answer of {sample.exchange} does not contain {names}"
    metadata["dagster/partition_row_count"] = counts["rows stored"]
    lookups, misses = looked_up(page)
    day = next(day for day in value.days if day.exchange == sample.exchange)
    is_transient = isinstance(sample.error, Transient)
    return _Stored(
        Outcome(str(day.key), metadata, [problem] if problem else [], is_transient),
        Collection(
            exchange=sample.exchange,
            asset=sample.data_set.value,
            moment=value.round.plan.moment,
            sampled_at=None if sample.note else sample.sampled_at,
            duration_ms=None if sample.note else round(sample.seconds * 1000),
            row_count=counts["rows stored"],
            rejected=counts["rows rejected"],
            lookups=lookups,
            lookup_misses=misses,
            problem=problem,
            is_transient=is_transient,
            run_id=value.run_id,
        ),
    )


def looked_up(page: SnapshotPage[Any] | None) -> tuple[int, int]:
    """How many rows of an answer were looked for among the known symbols, and not found there."""
    if page is None or page.data_set is DataSet.BALANCES:
        return 0, 0  # balances are of assets, which have no ids
    nameless = sum(symbol_id is None for symbol_id, _ in page.rejected)
    return len(page.rows) + len(page.rejected), nameless


async def _put(pool: Pool, page: SnapshotPage[Any], exchange_id: int) -> dict[str, Any]:
    """Store a page, waiting for a database that went away; what the UI shows of it."""

    async def once() -> dict[str, Any]:
        async with pool.acquire() as connection:
            return await _put_once(connection, page, exchange_id)

    # Stored again, a sample adds nothing.
    return await outlasting(once)


async def _put_once(
    connection: Connection, page: SnapshotPage[Any], exchange_id: int
) -> dict[str, Any]:
    if page.data_set is DataSet.BALANCES:
        threshold = settings().min_balance_threshold
        balances = await store_balances(connection, page, exchange_id, threshold)
        return {
            "rows stored": balances.stored,
            "rows rejected": balances.rejected,
            "assets below the dust threshold": balances.dust,
            "assets gone, stored as zero": balances.zeroed,
            "dust threshold": str(threshold),
        }
    store = store_order_books if page.data_set is DataSet.ORDER_BOOKS else store_snapshots
    counts = await store(connection, page, exchange_id)
    return {"rows stored": counts.stored, "rows rejected": counts.rejected}
