"""How what is computed of stored rows becomes rows, and rows become inputs.

What belongs here: computing partition by partition, so that one exchange takes no other with it,
and telling Dagster the truth of each. What does not: computing (``valuing``, ``flowing``), SQL.
"""

# Annotations are not postponed here: Dagster reads those of resources.

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg
import dagster as dg

from arb_pipeline.defs.outcomes import Outcome, Report, settle
from arb_pipeline.defs.partitions import ExchangeDay, windows
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.defs.running import DATABASE_AWAY, run, run_step
from arb_pipeline.model import Exchange, Interval
from arb_pipeline.storage import queries
from arb_pipeline.storage.database import Connection, Pool
from arb_pipeline.storage.reference import Reference

if TYPE_CHECKING:
    import pandas as pd

# Computes and stores one partition.
Derive = Callable[[ExchangeDay], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Derivation:
    """The value of a derived asset: nothing is read before the IO manager asks.

    Attributes:
        days: the partitions.
        opened: opens what computing needs; yields what computes one partition.
        report: where per-partition metadata goes.
    """

    days: Sequence[ExchangeDay]
    opened: Callable[[Pool], AbstractAsyncContextManager[Derive]]
    report: Report


Read = Callable[[Connection, Reference, Exchange, Interval], Awaitable["pd.DataFrame"]]


class DerivedIOManager(dg.ConfigurableIOManager):
    """Computes and stores, each partition by itself."""

    database: dg.ResourceDependency[DatabaseResource]

    def handle_output(self, context: dg.OutputContext, obj: Derivation) -> None:
        """Compute and store every partition, then report each by itself.

        Raises:
            dagster.Failure: some partitions failed; it lists them with their reasons.
        """
        settle(context, run_step(self._derive(obj)), obj.report)

    def load_input(self, context: dg.InputContext) -> "pd.DataFrame":
        """The rows of the partitions asked for."""
        days = [ExchangeDay.parse(key) for key in context.asset_partition_keys]
        return run(self._load(_READ[context.asset_key.path[-1]], days))

    async def _derive(self, derivation: Derivation) -> list[Outcome]:
        async with self.database.pool(2) as pool, derivation.opened(pool) as derive:
            return [await _one(derive, day) for day in derivation.days]

    async def _load(self, read: Read, days: Sequence[ExchangeDay]) -> "pd.DataFrame":
        async with self.database.pool(1) as pool, pool.acquire() as connection:
            reference = await Reference.load(connection)
            frames = [
                await read(connection, reference, exchange, interval)
                for exchange, intervals in windows(days).items()
                for interval in intervals
            ]
        import pandas as pd

        return pd.concat(frames, ignore_index=True)


async def _one(derive: Derive, day: ExchangeDay) -> Outcome:
    try:
        return await derive(day)
    except DATABASE_AWAY:
        raise
    except (asyncpg.PostgresError, ArithmeticError) as error:
        # A row the schema refuses, a number out of all bounds: nothing of this partition is stored.
        return Outcome(str(day.key), problems=[f"{type(error).__name__}: {error}"])


async def _portfolio(
    connection: Connection, _: Reference, exchange: Exchange, interval: Interval
) -> "pd.DataFrame":
    return await queries.portfolio_history(connection, interval, exchange)


async def _order_flow(
    connection: Connection, reference: Reference, exchange: Exchange, interval: Interval
) -> "pd.DataFrame":
    # A window belongs to the day it begins in; rows bear the time of its end.
    ends = Interval(interval.start + 1, interval.end + 1)
    return await queries.order_flow(connection, reference.listed(exchange), ends)


_READ: Mapping[str, Read] = {"portfolio_items": _portfolio, "order_flow_metrics": _order_flow}
