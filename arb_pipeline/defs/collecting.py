"""The books of collecting: what every run did for every exchange, kept in ``collections``.

What belongs here: turning outcomes into entries. Statistics of the beat, freshness and alerts are
read from them, so that none of those has to search Dagster's event log.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from arb_pipeline.defs.outcomes import Outcome
from arb_pipeline.model import Exchange
from arb_pipeline.storage.collections import Collection, record_collections
from arb_pipeline.storage.database import Pool


async def keep_books(pool: Pool, collections: Sequence[Collection]) -> None:
    """Store entries; one of the same moment, exchange and asset is written over."""
    async with pool.acquire() as connection:
        await record_collections(connection, collections)


def entries(
    outcomes: Sequence[Outcome],
    *,
    asset: str,
    moment: int,
    run_id: str,
    exchange_of: Callable[[str], Exchange],
) -> list[Collection]:
    """One entry per exchange of a run's outcomes, with the first of its problems.

    Args:
        outcomes: one per partition.
        asset: the asset they are of.
        moment: when the run began, milliseconds.
        run_id: the run.
        exchange_of: reads the exchange from a partition's key.
    """
    grouped: dict[Exchange, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        grouped[exchange_of(outcome.key)].append(outcome)
    return [
        Collection(
            exchange=exchange,
            asset=asset,
            moment=moment,
            row_count=sum(_stored(one) for one in own),
            rejected=sum(int(one.metadata.get("rows rejected", 0)) for one in own),
            problem=next((one.problems[0] for one in own if one.problems), None),
            is_transient=any(one.is_transient for one in own if one.problems),
            run_id=run_id,
        )
        for exchange, own in grouped.items()
    ]


def _stored(outcome: Outcome) -> int:
    """Rows this run stored; where that is not told, rows the partition has."""
    has = outcome.metadata.get("dagster/partition_row_count", 0)
    return int(outcome.metadata.get("rows inserted", has))
