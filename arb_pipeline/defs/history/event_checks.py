"""Checks on trades, settled funding and own fills: no hole in them, no silence hard to believe.

Rows of events can't be told to be missing by their times, as candles can. What is checked is
coverage: what was never answered, and what the exchange had nothing for although it must have.
"""

# Annotations are not postponed here: Dagster reads those of assets, checks and schedules.

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import dagster as dg

from arb_pipeline.defs.history.events import event_assets, nothing_to_fetch
from arb_pipeline.defs.history.findings import Finding, result
from arb_pipeline.defs.history.kept import KEPT
from arb_pipeline.defs.partitions import ExchangeDay, days_of_run, windows
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.defs.running import run
from arb_pipeline.model import DAY_MS, DataSet, Instrument, Interval, now_ms
from arb_pipeline.settings import settings
from arb_pipeline.storage import coverage
from arb_pipeline.storage.coverage_days import long_absences
from arb_pipeline.storage.database import Connection
from arb_pipeline.storage.history import LAG_MS
from arb_pipeline.storage.reference import Reference


def _checks(asset: dg.AssetsDefinition) -> dg.AssetChecksDefinition:
    name = asset.key.path[-1]
    data_set = next(DataSet(kept.data_set) for kept in KEPT.values() if kept.asset == name)
    specs = [
        dg.AssetCheckSpec(
            f"{name}_contiguous",
            asset=asset,
            description=(
                "Every moment of these partitions that is over is present, confirmed absent or "
                "unreachable; days of a symbol nothing was ever asked of do not count."
            ),
        )
    ]
    if data_set is DataSet.TRADES:
        specs.append(
            dg.AssetCheckSpec(
                "trades_plausible",
                asset=asset,
                description=(
                    "No symbol is without trades for longer than ARB_ABSENT_MINUTES while 95 % of "
                    "its one-minute candles there have volume. Such a stretch is absent, and is "
                    "asked for again after a day, or by arb-pipeline repair --recheck-absent."
                ),
            )
        )

    @dg.multi_asset_check(name=f"{name}_checks", specs=specs)
    def checks(
        context: dg.AssetCheckExecutionContext, database: DatabaseResource
    ) -> Iterator[dg.AssetCheckResult]:
        """Lists what is missing, and silence that candles contradict."""
        gaps, doubtful = run(_look(database, days_of_run(context.run.tags), data_set))
        yield result(f"{name}_contiguous", gaps, "missing stretches")
        if data_set is DataSet.TRADES:
            severity = dg.AssetCheckSeverity.WARN
            yield result("trades_plausible", doubtful, "long absences", severity)

    return checks


async def _look(
    database: DatabaseResource, days: Sequence[ExchangeDay], data_set: DataSet
) -> tuple[list[Finding], list[Finding]]:
    gaps: list[Finding] = []
    doubtful: list[Finding] = []
    nothing = nothing_to_fetch(data_set)
    async with database.pool(1) as pool, pool.acquire() as connection:
        reference = await Reference.load(connection)
        for exchange, intervals in windows(days).items():
            if exchange in nothing:
                continue
            instruments = {i.symbol_id: i for i in reference.tracked(exchange)}
            for interval in intervals:
                gaps += await _gaps(connection, instruments, interval, data_set)
                if data_set is DataSet.TRADES:
                    doubtful += await _doubtful(connection, instruments, interval)
    return gaps, doubtful


async def _gaps(
    connection: Connection,
    instruments: Mapping[int, Instrument],
    interval: Interval,
    data_set: DataSet,
) -> list[Finding]:
    known = await coverage.by_day(
        connection,
        symbol_ids=list(instruments),
        data_set=data_set,
        timeframes=[""],
        interval=interval,
    )
    over = Interval(0, now_ms() - LAG_MS[data_set])
    return [
        (instruments[symbol_id], "", str(gap))
        for (symbol_id, _, day), knowledge in known.items()
        for gap in knowledge.missing(
            Interval(
                day, min(day + DAY_MS, instruments[symbol_id].delisted_at or day + DAY_MS)
            ).intersect(over)
        )
    ]


async def _doubtful(
    connection: Connection, instruments: Mapping[int, Instrument], interval: Interval
) -> list[Finding]:
    found = await long_absences(
        connection,
        symbol_ids=list(instruments),
        data_set=DataSet.TRADES.value,
        timeframes=[""],
        interval=interval,
        longer_than=timedelta(minutes=settings().absent_minutes),
    )
    return [(instruments[one.symbol_id], "", str(one.interval)) for one in found]


event_checks: list[Any] = [_checks(asset) for asset in event_assets]
