"""The sensor that computes each beat's opportunities as soon as its books are stored.

What belongs here: which beats are due, and telling Dagster what came of them. Computing in the
sensor, instead of in a run that it requests, saves the start of a process per beat: two seconds of
processor time for a tenth of a second of work. A step of the beat's own run it cannot be: Dagster
skips what is downstream of a failed step, and sampling books fails when one exchange is sick.
"""

# Annotations are not postponed here: Dagster reads those of sensors.

from collections.abc import Iterator, Sequence
from decimal import Decimal

import dagster as dg

from arb_pipeline.defs.derived.arbitrage import arbitrage_opportunities, counts
from arb_pipeline.defs.derived.arbitrage_beats import Computed, compute, is_complete, over_ms
from arb_pipeline.defs.partitions import ENABLED, ExchangeDay
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.defs.running import DATABASE_AWAY, run
from arb_pipeline.model import DAY_MS, Exchange, Interval, iso, now_ms
from arb_pipeline.settings import settings
from arb_pipeline.storage.opportunities import exchange_ids, moments

# A beat may enter the books after a later one did; so far behind the newest computed one it is
# looked for. What is older than a day is computed by materializing its partition.
_LOOK_BEHIND_MS = 10 * 60_000
# A tick may take a minute. The next one goes on.
_AT_ONCE = 60


@dg.sensor(
    name="arbitrage",
    minimum_interval_seconds=5,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "Computes opportunities once the books of a beat are stored, and reports the partitions "
        "as materialized. A beat that was missed is made up for within a day."
    ),
)
def arbitrage_sensor(
    context: dg.SensorEvaluationContext, database: DatabaseResource
) -> dg.SensorResult:
    """Compute what is due; the cursor is the newest computed beat, milliseconds."""
    try:
        done = run(_due(database, int(context.cursor or 0)))
    except DATABASE_AWAY as error:
        return dg.SensorResult(
            skip_reason=f"the database is away ({type(error).__name__})", cursor=context.cursor
        )
    if not done:
        return dg.SensorResult(skip_reason="no new beat", cursor=context.cursor)
    found = sum(tally.opportunity_count for tally in done[-1].tallies.values())
    return dg.SensorResult(
        skip_reason=f"computed {len(done)} beat(s) up to {iso(done[-1].at)}: {found} opportunities",
        cursor=str(max(done[-1].at, int(context.cursor or 0))),
        asset_events=list(_events(done)),
    )


async def _due(database: DatabaseResource, cursor: int) -> list[Computed]:
    configured, now = settings(), now_ms()
    since = max(cursor - _LOOK_BEHIND_MS, now - DAY_MS)
    async with database.pool(1) as pool, pool.acquire() as connection:
        ids = await exchange_ids(connection, ENABLED)
        interval = Interval(since, now + over_ms(configured))
        found = await moments(connection, interval, list(ids.values()))
        due = [one for one in found if is_complete(one, now, configured)][:_AT_ONCE]
        if not due:
            return []
        every = [one.at for one in await moments(connection, interval)]
        done = []
        for one in due:
            following = min((at for at in every if at > one.at), default=None)
            done.append(await compute(connection, one.at, following, ENABLED, configured))
        return done


def _events(done: Sequence[Computed]) -> Iterator[dg.AssetMaterialization]:
    """Each partition once, by its newest beat; none of exchanges without books."""
    newest: dict[ExchangeDay, Computed] = {}
    for one in done:
        for exchange, tally in one.tallies.items():
            if tally.book_count:
                newest[ExchangeDay(exchange, one.at // DAY_MS * DAY_MS)] = one
    for day, one in newest.items():
        yield dg.AssetMaterialization(
            arbitrage_opportunities.key, partition=day.key, metadata=_metadata(day.exchange, one)
        )


def _metadata(exchange: Exchange, one: Computed) -> dict[str, str | int | float]:
    tally = one.tallies[exchange]
    best: Decimal | None = tally.best_net_bps
    return {
        "beat": iso(one.at),
        **counts(tally),
        **({"best net (bps)": float(best)} if best is not None else {}),
    }
