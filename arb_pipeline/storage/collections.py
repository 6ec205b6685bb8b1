"""The log of every collecting: statistics, freshness and alerts come from it.

What belongs here: one record per exchange, asset and moment, whatever became of it, and what the
records add up to. What does not: the collected rows themselves, and who is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from arb_pipeline.model import Exchange, now_ms
from arb_pipeline.storage.coverage import to_datetime, to_ms
from arb_pipeline.storage.database import sql
from arb_pipeline.storage.rejected import storable

if TYPE_CHECKING:
    from asyncpg import Record

    from arb_pipeline.storage.database import Connection, Pool

_HOUR_MS = 3_600_000
_LONGEST_PROBLEM = 2000


@dataclass(frozen=True, slots=True)
class Collection:
    """What one collecting of one exchange for one asset did.

    Attributes:
        exchange: who was asked.
        asset: what was collected: ``book_tickers``, ``candles``, ``symbols`` and so on.
        moment: when it was scheduled for, or when it began where no schedule asked; milliseconds.
        sampled_at: when the first request was sent, milliseconds; None where none was.
        duration_ms: from the first request to the last stored row; None where none was sent.
        row_count: rows stored.
        rejected: rows refused.
        lookups: rows of a sample whose symbol was looked up in the id cache.
        lookup_misses: those whose symbol it did not hold; they are refused.
        problem: why it failed, one sentence; None is success.
        is_transient: whether the problem is an outage of the exchange.
        run_id: the Dagster run; empty outside of one.
    """

    exchange: Exchange
    asset: str
    moment: int
    sampled_at: int | None = None
    duration_ms: int | None = None
    row_count: int = 0
    rejected: int = 0
    lookups: int = 0
    lookup_misses: int = 0
    problem: str | None = None
    is_transient: bool = False
    run_id: str = ""


@dataclass(frozen=True, slots=True)
class BeatStatistics:
    """How often and how punctually one exchange was collected for one asset.

    Lateness is from the scheduled moment to the first request, in seconds, of those that sent one;
    None where none did.
    """

    exchange: Exchange
    asset: str
    run: int
    failed: int
    lateness_median: float | None
    lateness_p99: float | None
    lateness_max: float | None


async def record_collections(connection: Connection, collections: Sequence[Collection]) -> None:
    """Store records; one of the same exchange, asset and moment is overwritten.

    Raises:
        asyncpg.PostgresError: the database does not know the exchange, or a record is impossible
            (a count below zero, a transient success); none is stored.
    """
    # The last word of one moment stands, within one call as between calls.
    rows = list({(one.exchange, one.asset, one.moment): one for one in collections}.values())
    if not rows:
        return
    await connection.execute(
        sql("collections_record"),
        [to_datetime(one.moment) for one in rows],
        [one.exchange.value for one in rows],
        [one.asset for one in rows],
        [None if one.sampled_at is None else to_datetime(one.sampled_at) for one in rows],
        [one.duration_ms for one in rows],
        [one.row_count for one in rows],
        [one.rejected for one in rows],
        [one.lookups for one in rows],
        [one.lookup_misses for one in rows],
        [one.problem and storable(one.problem)[:_LONGEST_PROBLEM] for one in rows],
        [one.is_transient for one in rows],
        [one.run_id for one in rows],
    )


async def latest_collections(
    database: Pool | Connection, *, hours: float = 24, successful: bool = False
) -> list[Collection]:
    """The newest record per exchange and asset whose moment is at most ``hours`` ago.

    Args:
        database: to read from.
        hours: how far back to look; what was not collected since is left out.
        successful: the newest that succeeded, rather than the newest of all.
    """
    since = to_datetime(now_ms() - int(hours * _HOUR_MS))
    rows = await database.fetch(sql("collections_latest"), since, successful)
    return [_collection(row) for row in rows if row["exchange"] in set(Exchange)]


def _collection(row: Record) -> Collection:
    values = dict(row)
    sampled_at = values.pop("sampled_at")
    return Collection(
        exchange=Exchange(values.pop("exchange")),
        moment=to_ms(values.pop("moment")),
        sampled_at=None if sampled_at is None else to_ms(sampled_at),
        **values,
    )


async def beat_statistics(database: Pool | Connection, since: int) -> list[BeatStatistics]:
    """How collecting went since an instant in milliseconds, by asset and exchange."""
    rows = await database.fetch(sql("collections_statistics"), to_datetime(since))
    return [
        BeatStatistics(**{**dict(row), "exchange": Exchange(row["exchange"])})
        for row in rows
        if row["exchange"] in set(Exchange)
    ]
