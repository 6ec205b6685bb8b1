"""How values of assets become rows, and rows become inputs.

What belongs here: draining streams into ``storage/`` and reading frames back. What does not: what
to fetch (assets) and how to store it (``storage/``).
"""

# Annotations are not postponed here: Dagster reads those of resources.

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

import dagster as dg

from arb_pipeline.defs.collecting import entries, keep_books
from arb_pipeline.defs.history.collector import undisturbed
from arb_pipeline.defs.history.completeness import judge
from arb_pipeline.defs.history.progress import progress
from arb_pipeline.defs.history.stream import HistoryStream
from arb_pipeline.defs.outcomes import Outcome, settle
from arb_pipeline.defs.partitions import ExchangeDay, windows
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.defs.running import run, run_step
from arb_pipeline.model import Interval, now_ms
from arb_pipeline.settings import settings
from arb_pipeline.storage import queries
from arb_pipeline.storage.reference import Reference, UnknownSymbolError
from arb_pipeline.storage.write_queue import WriteQueue

if TYPE_CHECKING:
    import pandas as pd

Read = Callable[[Any, list[int], Interval], Awaitable["pd.DataFrame"]]


class HistoryIOManager(dg.ConfigurableIOManager):
    """Drains lazy streams of pages into TimescaleDB; a page is stored as a whole or not at all."""

    database: dg.ResourceDependency[DatabaseResource]
    writer_connections: int

    def handle_output(self, context: dg.OutputContext, obj: HistoryStream) -> None:
        """Store everything the stream yields, then report each partition by itself.

        Raises:
            dagster.Failure: some partitions are not complete; it lists them.
        """
        try:
            with undisturbed():
                outcomes = run_step(self._drain(context, obj))
        except UnknownSymbolError as error:
            raise dg.Failure(str(error), allow_retries=False) from error
        settle(context, outcomes, obj.report)

    def load_input(self, context: dg.InputContext) -> "pd.DataFrame":
        """The rows of the partitions asked for, of all tracked symbols (and timeframes)."""
        days = [ExchangeDay.parse(key) for key in context.asset_partition_keys]
        return run(self._load(_READ[context.asset_key.path[-1]], days))

    async def _drain(self, context: dg.OutputContext, stream: HistoryStream) -> list[Any]:
        started, moment = time.monotonic(), now_ms()
        # Lanes read coverage over the one connection more than there are writers.
        async with (
            self.database.pool(self.writer_connections + 1) as pool,
            WriteQueue(pool, self.writer_connections) as queue,
            stream.open(pool, queue.write) as opened,
        ):
            context.log.info(
                "%d partitions, %d lanes (symbol × data set)",
                len(stream.days),
                len(opened.lanes),
            )
            async with progress(opened.lanes, context.log), asyncio.TaskGroup() as group:
                for lane in opened.lanes:
                    group.create_task(opened.fill(lane))
            outcomes = [
                Outcome(str(day.key), {"dagster/partition_row_count": 0, "note": note})
                for day in stream.days
                if (note := stream.nothing.get(day.exchange))
            ]
            if asked := [day for day in stream.days if day.exchange not in stream.nothing]:
                outcomes += await judge(
                    pool,
                    asked,
                    opened.lanes,
                    stream.sources,
                    seconds=time.monotonic() - started,
                    charts=stream.with_charts,
                    chosen=stream.chosen,
                )
            books = entries(
                outcomes,
                asset=context.asset_key.path[-1],
                moment=moment,
                run_id=context.run_id,
                exchange_of=lambda key: ExchangeDay.parse(key).exchange,
            )
            await keep_books(pool, books)
            return outcomes

    async def _load(self, read: Read, days: list[ExchangeDay]) -> "pd.DataFrame":
        frames = []
        async with self.database.pool(1) as pool, pool.acquire() as connection:
            reference = await Reference.load(connection)
            for exchange, intervals in windows(days).items():
                ids = [instrument.symbol_id for instrument in reference.tracked(exchange)]
                frames += [await read(connection, ids, interval) for interval in intervals]
        import pandas as pd

        return pd.concat(frames, ignore_index=True)


async def _candles(connection: Any, ids: list[int], interval: Interval) -> "pd.DataFrame":
    return await queries.candles(connection, ids, settings().candle_timeframes, interval)


_READ: Mapping[str, Read] = {
    "candles": _candles,
    "trades": queries.trades,
    "funding_rate_history": queries.settled_funding,
    "account_trades": queries.account_trades,
}
