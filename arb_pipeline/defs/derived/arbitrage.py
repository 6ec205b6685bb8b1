"""The asset of opportunities: computing whole days from what is stored.

What belongs here: partitions becoming beats, and what the UI shows of them. What does not: the
newest beat, which a sensor computes as soon as its books are there (``arbitrage_sensor.py``).
"""

# Annotations are not postponed here: Dagster reads those of assets, checks and schedules.

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from arb_pipeline.analytics.arbitrage_beat import Tally
from arb_pipeline.defs.derived.arbitrage_beats import Computed, compute, is_complete, over_ms
from arb_pipeline.defs.history.charts import price_chart
from arb_pipeline.defs.monitoring.freshness import collector_freshness
from arb_pipeline.defs.partitions import ExchangeDay, exchange_day_partitions, partition_keys
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.defs.running import run_step
from arb_pipeline.defs.table_schema import table_metadata
from arb_pipeline.model import DataSet, Exchange, Interval, now_ms
from arb_pipeline.settings import settings
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.opportunities import moments


@dg.asset(
    partitions_def=exchange_day_partitions(),
    backfill_policy=dg.BackfillPolicy.single_run(),
    # Those of the same day of all exchanges; Dagster's mapping that could say so is in beta.
    deps=["book_tickers", "funding_rates", "balances"],
    group_name="derived",
    owners=["team:arb_pipeline"],
    kinds={"timescaledb", "python"},
    metadata=table_metadata("arbitrage_opportunities"),
    freshness_policy=collector_freshness(DataSet.BOOK_TICKERS),
    description=(
        "What can be bought on the partition's exchange and sold on another for more than it "
        "costs: by the books of each beat, net of both taker fees, with funding until the next "
        "payment. One row per beat for as long as it lasts. The sensor arbitrage "
        "computes each beat; materializing a partition computes its whole day again from what is "
        "stored, and changes nothing unless settings, fees or rates have changed."
    ),
)
def arbitrage_opportunities(context: dg.AssetExecutionContext, database: DatabaseResource) -> None:
    """Every beat of the partitions, the oldest first."""
    days: dict[Interval, list[Exchange]] = defaultdict(list)
    for day in map(ExchangeDay.parse, partition_keys(context)):
        days[day.interval].append(day.exchange)
    for interval, exchanges in sorted(days.items(), key=lambda item: item[0].start):
        done = run_step(_compute_day(database, interval, exchanges))
        context.log.info(_sentence(interval, done))
        for exchange in exchanges:
            key = ExchangeDay(exchange, interval.start).key
            context.add_asset_metadata(_report(exchange, done), partition_key=str(key))


async def _compute_day(
    database: DatabaseResource, interval: Interval, exchanges: Sequence[Exchange]
) -> list[Computed]:
    configured, now = settings(), now_ms()
    async with database.pool(1) as pool, pool.acquire() as connection:
        # The last beat of the day ends where the first of the next one begins.
        beyond = Interval(interval.start, interval.end + over_ms(configured))
        found = await moments(connection, beyond)
        following = [one.at for one in found[1:]] + [None]
        return [
            await compute(connection, one.at, then, exchanges, configured, anew=True)
            for one, then in zip(found, following, strict=True)
            if one.at < interval.end and is_complete(one, now, configured)
        ]


def _sentence(interval: Interval, done: Sequence[Computed]) -> str:
    changed = [one.put for one in done]
    return (
        f"{len(done)} beats of {to_datetime(interval.start):%Y-%m-%d}: "
        f"{sum(one.inserted for one in changed)} rows new, "
        f"{sum(one.updated for one in changed)} changed, "
        f"{sum(one.deleted for one in changed)} gone"
    )


@dataclass(slots=True)
class _Sum:
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    best: list[Any] = field(default_factory=list)


def _report(exchange: Exchange, done: Sequence[Computed]) -> Mapping[str, Any]:
    """What the UI shows of a day of one exchange."""
    total = _Sum()
    for one in done:
        tally = one.tallies.get(exchange)
        total.counts["beats left as they were, without books"] += tally is None
        if tally is not None:
            for name, count in counts(tally).items():
                total.counts[name] += count
            if tally.best_net_bps is not None:
                total.best.append((to_datetime(one.at), tally.best_net_bps))
    chart = price_chart(f"Best net basis points, buying at {exchange}", total.best)
    return {
        "beats": len(done),
        **total.counts,
        **({"best net (bps)": float(max(net for _, net in total.best))} if total.best else {}),
        **({"chart": dg.MetadataValue.md(chart)} if chart else {}),
        "dagster/partition_row_count": total.counts["opportunities"],
    }


def counts(tally: Tally) -> dict[str, int]:
    """A tally in words."""
    return {
        "opportunities": tally.opportunity_count,
        "books": tally.book_count,
        "pairs": tally.pair_count,
        "left out: stale books": tally.stale_count,
        "left out: crossed books": tally.crossed_count,
        "left out: books without a fee": tally.no_fee_count,
        "left out: books of one exchange only": tally.alone_count,
        "left out: pairs without a conversion rate": tally.no_conversion_count,
        "left out: pairs without a funding rate": tally.no_funding_count,
        "left out: pairs of books too far apart": tally.apart_count,
        "left out: pairs without a balance": tally.no_balance_count,
        "left out: pairs too small for an order": tally.too_small_count,
    }
