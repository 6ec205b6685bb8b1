"""Whether collecting goes on: the same answers for the command line and for the API.

What belongs here: daemons, schedules and sensors as Dagster's own database has them (two small
queries: loading Dagster for them takes a second and 150 MB, and its webserver need not run), and
per exchange and data set how old what was collected is. What does not: how that is shown, and
alerts (``defs.monitoring``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from arb_pipeline.model import DataSet, Exchange, MarketType, now_ms
from arb_pipeline.storage.collections import Collection, latest_collections
from arb_pipeline.storage.database import sql
from arb_pipeline.storage.reference import tracked

if TYPE_CHECKING:
    from arb_pipeline.settings import Settings
    from arb_pipeline.storage.database import Connection, Pool

SAMPLED = (DataSet.BOOK_TICKERS, DataSet.TICKERS, DataSet.FUNDING_RATES, DataSet.BALANCES)
# What `dagster.yaml` makes Dagster's daemon process run.
DAEMONS = frozenset(
    {"ASSET", "BACKFILL", "EVENT_LOG_CONSUMER", "FRESHNESS_DAEMON", "MONITORING"}
    | {"QUEUED_RUN_COORDINATOR", "SCHEDULER", "SENSOR"}
)
# They say that they live every half minute, and later when the machine is busy.
_DEAD_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Instigator:
    """A schedule or sensor, and how its last tick went (None: it had none yet)."""

    name: str
    kind: str
    is_running: bool
    last_tick_at: datetime | None
    has_failed: bool | None


@dataclass(frozen=True, slots=True)
class Automation:
    """Dagster's daemons that should run and don't, its schedules and sensors."""

    dead: Sequence[str]
    instigators: Sequence[Instigator]


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old what is sampled of one exchange is.

    Attributes:
        exchange: whose.
        data_set: of what.
        collected_at: the moment of the newest success, milliseconds; None: none in the last day.
        age_seconds: of that moment.
        limit_seconds: older than this is stale.
        problem: why the newest attempt failed, if it did.
    """

    exchange: Exchange
    data_set: DataSet
    collected_at: int | None
    age_seconds: float | None
    limit_seconds: float
    problem: str | None

    @property
    def is_fresh(self) -> bool:
        """Whether it is younger than the limit."""
        return self.age_seconds is not None and self.age_seconds <= self.limit_seconds


async def automation(database: Pool | Connection) -> Automation:
    """What Dagster's own database says.

    Raises:
        asyncpg.PostgresError: it has no such tables: Dagster never ran there.
    """
    now = datetime.now(tz=UTC)
    seen = {row["name"]: row["seen_at"] for row in await database.fetch(sql("dagster_daemons"))}
    dead = [
        name
        for name in sorted(DAEMONS)
        if name not in seen or (now - seen[name]).total_seconds() > _DEAD_SECONDS
    ]
    rows = await database.fetch(sql("dagster_instigators"))
    return Automation(dead, [Instigator(**dict(row)) for row in rows])


async def freshness(database: Pool | Connection, settings: Settings) -> list[Freshness]:
    """Of everything that is to be sampled: tracked symbols, and accounts with credentials."""
    symbols = await tracked(database, settings.exchanges)
    wanted = {one.exchange for one in symbols if one.delisted_at is None}
    good = _by_key(await latest_collections(database, successful=True))
    last = _by_key(await latest_collections(database))
    now = now_ms()
    found = []
    for exchange in settings.exchanges:
        for data_set in SAMPLED:
            if not _is_sampled(exchange, data_set, settings, wanted):
                continue
            newest = good.get((exchange, data_set.value))
            attempt = last.get((exchange, data_set.value))
            moment = newest.moment if newest else None
            found.append(
                Freshness(
                    exchange,
                    data_set,
                    moment,
                    None if moment is None else max(0.0, (now - moment) / 1000),
                    settings.stale_after_ms(data_set) / 1000,
                    attempt.problem if attempt else None,
                )
            )
    return found


def _is_sampled(
    exchange: Exchange, data_set: DataSet, settings: Settings, wanted: set[Exchange]
) -> bool:
    if data_set is DataSet.BALANCES:
        return settings.company(exchange.company).api_key is not None
    if data_set is DataSet.FUNDING_RATES and exchange.market_type is not MarketType.FUTURES:
        return False
    return exchange in wanted


def _by_key(collections: Sequence[Collection]) -> dict[tuple[Exchange, str], Collection]:
    return {(one.exchange, one.asset): one for one in collections}
