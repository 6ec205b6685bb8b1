"""Whether the beat beats: how many there were, how many are missing, how late they sampled.

What belongs here: what was expected of the schedule, compared with the books of collecting.
"""

# Annotations are not postponed here: Dagster reads those of assets, checks and schedules.

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from arb_pipeline.defs.monitoring.freshness import limit_ms
from arb_pipeline.model import DAY_MS, DataSet, iso
from arb_pipeline.settings import Settings
from arb_pipeline.storage.collections import BeatStatistics

NAME = "beats_on_time"
BEAT = "beat"
BEATEN = (DataSet.BOOK_TICKERS, DataSet.TICKERS, DataSet.FUNDING_RATES)
_MINUTE = 60_000
_HOUR = 60 * _MINUTE
# One beat of an hour may be lost to a restart without a word; more may not.
_MAY_MISS = 0.05
_SHOWN = 20
_STATISTICS = dg.TableSchema(
    columns=[
        dg.TableColumn("asset"),
        dg.TableColumn("exchange"),
        dg.TableColumn("samples", "int"),
        dg.TableColumn("failed", "int"),
        dg.TableColumn("late, median (s)", "float"),
        dg.TableColumn("late, p99 (s)", "float"),
        dg.TableColumn("late, most (s)", "float"),
    ]
)


def spec() -> dg.AssetCheckSpec:
    """The check on the beat itself, shown with what it samples first."""
    return dg.AssetCheckSpec(
        NAME,
        asset=dg.AssetKey(DataSet.BOOK_TICKERS.value),
        description=(
            f"No more than {_MAY_MISS:.0%} of the last hour's beats are missing. Numbers of the "
            "last 24 hours: beats, those skipped, samples that failed, seconds from the moment to "
            "the first request."
        ),
    )


def expected(start: int, end: int, configured: Settings) -> list[int]:
    """The minutes in ``[start, end)`` at which something was due, milliseconds."""
    minutes = [configured.minutes_of(data_set) for data_set in BEATEN]
    cron = dg.TimeWindowPartitionsDefinition(
        start=datetime.fromtimestamp(start // _MINUTE * 60, tz=UTC),
        fmt="%Y-%m-%dT%H:%M",
        cron_schedule=configured.beat_cron,
        timezone="UTC",
        end_offset=1,  # the window that ends at the present minute has not passed, its begin has
    )
    found = []
    for key in cron.get_partition_keys(datetime.fromtimestamp(end / 1000, tz=UTC)):
        minute = int(datetime.fromisoformat(key).replace(tzinfo=UTC).timestamp()) * 1000
        of_day = minute % DAY_MS // _MINUTE
        if start <= minute < end and any(of_day % every == 0 for every in minutes):
            found.append(minute)
    return found


def skipped(instance: dg.DagsterInstance, since: int) -> list[str] | None:
    """Why the schedule skipped beats; None where this instance does not run it."""
    from dagster._core.scheduler.instigation import TickStatus  # not exported

    if instance.schedule_storage is None:  # an instance in memory
        return None
    states = [one for one in instance.all_instigator_state() if one.instigator_name == BEAT]
    if not states:
        return None
    ticks = instance.get_ticks(
        states[0].instigator_origin_id,
        states[0].selector_id,
        after=since / 1000,
        statuses=[TickStatus.SKIPPED],
    )
    return [f"{iso(int(tick.timestamp) * 1000)}: {tick.skip_reason}" for tick in ticks]


def result(
    now: int,
    moments: Sequence[int],
    statistics: Sequence[BeatStatistics],
    why_skipped: Sequence[str] | None,
    configured: Settings,
) -> dg.AssetCheckResult:
    """The verdict, and the numbers, which the UI plots over time.

    ERROR while the beat does not beat. WARN once it beats again: what is missing stays missing,
    and nothing can be done about it.
    """
    # A beat is in the books only after its slowest exchange.
    settled = now - round(1000 * (configured.beat_buffer_seconds + configured.sample_limit_seconds))
    settled -= _MINUTE
    beaten = {moment // _MINUTE for moment in moments}
    # What was before the first beat is no loss: nobody was there to beat.
    due = expected(moments[0] // _MINUTE * _MINUTE, settled, configured) if moments else []
    lost_today = [at for at in due if at // _MINUTE not in beaten]
    lost = [at for at in lost_today if at >= settled - _HOUR]
    due_lately = sum(at >= settled - _HOUR for at in due)
    failed = len(lost) > _MAY_MISS * due_lately or not moments
    beats_again = bool(moments) and now - moments[-1] <= limit_ms(DataSet.BOOK_TICKERS, configured)
    severity = dg.AssetCheckSeverity.WARN if beats_again else dg.AssetCheckSeverity.ERROR
    words = None
    if not moments:
        words = "no beat in the last 24 hours"
    elif failed:
        words = f"{len(lost)} of {due_lately} beats of the last hour are missing, the first at "
        words += iso(lost[0])
    return dg.AssetCheckResult(
        check_name=NAME,
        asset_key=dg.AssetKey(DataSet.BOOK_TICKERS.value),
        passed=not failed,
        severity=severity,
        description=words,
        metadata={
            "beats (24 h)": len(beaten),
            "beats missing (24 h)": len(lost_today),
            "beats missing (1 h)": len(lost),
            **_numbers(statistics, why_skipped),
        },
    )


def _numbers(
    statistics: Sequence[BeatStatistics], why_skipped: Sequence[str] | None
) -> Mapping[str, Any]:
    beaten = [one for one in statistics if one.asset in BEATEN]
    books = [one for one in beaten if one.asset == DataSet.BOOK_TICKERS.value]
    medians = sorted(o.lateness_median for o in books if o.lateness_median is not None)
    p99 = [o.lateness_p99 for o in books if o.lateness_p99 is not None]
    most = [o.lateness_max for o in books if o.lateness_max is not None]
    numbers: dict[str, Any] = {
        "samples (24 h)": sum(one.run for one in beaten),
        "samples failed (24 h)": sum(one.failed for one in beaten),
    }
    if medians:
        # Of the exchanges: the middle one's median, the worst one's tail.
        numbers["lateness median (s)"] = round(medians[len(medians) // 2], 3)
        numbers["lateness p99 (s)"] = round(max(p99), 3)
        numbers["lateness max (s)"] = round(max(most), 3)
        numbers["by exchange"] = dg.MetadataValue.table([_record(o) for o in beaten], _STATISTICS)
    if why_skipped is not None:
        numbers["beats skipped (24 h)"] = len(why_skipped)
        if why_skipped:
            listed = "\n".join(f"- {why}" for why in why_skipped[:_SHOWN])
            numbers["why skipped"] = dg.MetadataValue.md(listed)
    return numbers


def _record(one: BeatStatistics) -> dg.TableRecord:
    return dg.TableRecord(
        {
            "asset": one.asset,
            "exchange": one.exchange.value,
            "samples": one.run,
            "failed": one.failed,
            "late, median (s)": round(one.lateness_median or 0.0, 3),
            "late, p99 (s)": round(one.lateness_p99 or 0.0, 3),
            "late, most (s)": round(one.lateness_max or 0.0, 3),
        }
    )
