"""Checks on history: no hole in it, no candle that cannot be, no absence hard to believe.

A check looks at the partitions of the run it is part of; run by itself, at the last days of every
exchange. (Partitioned checks are a preview in Dagster 1.13 and record no partition in range runs.)
"""

# Annotations are not postponed here: Dagster reads those of assets, checks and schedules.

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

import dagster as dg

from arb_pipeline.defs.history.assets import candles
from arb_pipeline.defs.history.findings import Finding, result
from arb_pipeline.defs.partitions import ExchangeDay, days_of_run, windows
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.defs.running import run
from arb_pipeline.model import DAY_MS, TIMEFRAMES, DataSet, Instrument, Interval, now_ms
from arb_pipeline.settings import settings
from arb_pipeline.storage import coverage, queries
from arb_pipeline.storage.coverage_days import long_absences
from arb_pipeline.storage.database import Connection
from arb_pipeline.storage.reference import Reference

# The grace, and the minutes a top-up may lag behind, are not holes.
_LAG_MS = 10 * 60_000
_STORED = "stored"


@dg.multi_asset_check(
    name="candle_checks",
    # One step for all: looking up which partitions an asset has costs Dagster half a second.
    specs=[
        dg.AssetCheckSpec(
            "candles_contiguous",
            asset=candles,
            description=(
                "Every closed candle of the tracked symbols in these partitions is present, "
                "confirmed absent or unreachable; days of a symbol nothing was ever asked of do "
                "not count."
            ),
        ),
        dg.AssetCheckSpec(
            "candles_sane",
            asset=candles,
            description=(
                "low ≤ open, close ≤ high; prices above zero; volume not negative; and no row of "
                "these partitions was refused."
            ),
        ),
        dg.AssetCheckSpec(
            "absences_plausible",
            asset=candles,
            description=(
                "No symbol that trades all the time (95 % of the day before and the day after) is "
                "without candles for longer than ARB_ABSENT_MINUTES. The exchange says it has "
                "none; arb-pipeline repair --recheck-absent asks again."
            ),
        ),
    ],
)
def candle_checks(
    context: dg.AssetCheckExecutionContext, database: DatabaseResource
) -> Iterator[dg.AssetCheckResult]:
    """Lists what is missing, stored candles that cannot be, and rows that were refused."""
    days = days_of_run(context.run.tags)
    gaps, nonsense, doubtful = run(_look(database, days))
    yield result("candles_contiguous", gaps, "missing stretches")
    insane = any(what.startswith(_STORED) for _, _, what in nonsense)
    # A refused row that was served rightly later is no hole; it still deserves a look.
    severity = dg.AssetCheckSeverity.ERROR if insane else dg.AssetCheckSeverity.WARN
    yield result("candles_sane", nonsense, "insane or refused rows", severity)
    yield result("absences_plausible", doubtful, "long absences", dg.AssetCheckSeverity.WARN)


async def _look(
    database: DatabaseResource, days: Sequence[ExchangeDay]
) -> tuple[list[Finding], list[Finding], list[Finding]]:
    async with database.pool(1) as pool, pool.acquire() as connection:
        reference = await Reference.load(connection)
        gaps: list[Finding] = []
        nonsense: list[Finding] = []
        doubtful: list[Finding] = []
        for exchange, intervals in windows(days).items():
            instruments = {i.symbol_id: i for i in reference.tracked(exchange)}
            for interval in intervals:
                gaps += await _gaps(connection, instruments, interval)
                nonsense += await _nonsense(connection, instruments, interval)
                doubtful += await _doubtful(connection, instruments, interval)
    return gaps, nonsense, doubtful


async def _gaps(
    connection: Connection, instruments: Mapping[int, Instrument], interval: Interval
) -> list[Finding]:
    findings: list[Finding] = []
    names = settings().candle_timeframes
    known = await coverage.by_day(
        connection,
        symbol_ids=list(instruments),
        data_set=DataSet.CANDLES,
        timeframes=names,
        interval=interval,
    )
    for (symbol_id, name, day), knowledge in known.items():
        timeframe = TIMEFRAMES[name]
        closed = Interval(0, timeframe.floor(now_ms() - _LAG_MS))
        whole = Interval(day, day + DAY_MS)
        expected = timeframe.align(whole).intersect(whole).intersect(closed)
        findings += [
            (instruments[symbol_id], name, str(gap)) for gap in knowledge.missing(expected)
        ]
    return findings


async def _nonsense(
    connection: Connection, instruments: Mapping[int, Instrument], interval: Interval
) -> list[Finding]:
    findings: list[Finding] = []
    for row in await queries.insane_candles(connection, list(instruments), interval):
        what = f"{_STORED} at {row['timestamp']}: {tuple(row.values())[3:]}"
        findings.append((instruments[row["symbol_id"]], row["timeframe"], what))
    for row in await queries.rejections(connection, DataSet.CANDLES, list(instruments), interval):
        what = f"refused {row['occurrences']} ×: {row['reason']}"
        findings.append((instruments[row["symbol_id"]], row["timeframe"], what))
    return findings


async def _doubtful(
    connection: Connection, instruments: Mapping[int, Instrument], interval: Interval
) -> list[Finding]:
    found = await long_absences(
        connection,
        symbol_ids=list(instruments),
        data_set=DataSet.CANDLES.value,
        timeframes=settings().candle_timeframes,
        interval=interval,
        longer_than=timedelta(minutes=settings().absent_minutes),
    )
    return [(instruments[one.symbol_id], one.timeframe, str(one.interval)) for one in found]
