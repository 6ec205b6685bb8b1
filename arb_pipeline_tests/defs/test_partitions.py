"""Partition keys, windows and the guard against Dagster's job backfills."""

# Annotations are not postponed here: Dagster reads those of assets, checks and schedules.

from datetime import UTC, datetime

import dagster as dg
import pytest

from arb_pipeline.defs import partitions
from arb_pipeline.defs.history.automation import top_up_days
from arb_pipeline.defs.partitions import (
    ENABLED,
    ExchangeDay,
    blocks,
    exchange_day_partitions,
    partition_keys,
    range_tags,
    windows,
)
from arb_pipeline.model import DAY_MS, Exchange, Interval
from arb_pipeline.settings import ConfigurationError

DAY = int(datetime(2026, 1, 5, tzinfo=UTC).timestamp()) * 1000


def test_a_key_and_its_partition_are_two_ways_to_say_the_same() -> None:
    day = ExchangeDay(Exchange.MEXC_SPOT, DAY)
    assert str(day.key) == "2026-01-05|MEXC_SPOT"
    assert ExchangeDay.parse(str(day.key)) == day
    assert str(day.key) in exchange_day_partitions().get_partition_keys()


def test_today_is_a_partition() -> None:
    today = datetime.now(tz=UTC).date().isoformat()
    assert f"{today}|BYBIT_SPOT" in exchange_day_partitions().get_partition_keys()


def test_days_in_any_order_become_the_fewest_windows_per_exchange() -> None:
    mexc, gate = Exchange.MEXC_SPOT, Exchange.GATEIO_SPOT
    days = [
        ExchangeDay(mexc, DAY + DAY_MS),
        ExchangeDay(gate, DAY),
        ExchangeDay(mexc, DAY),
        ExchangeDay(gate, DAY + 2 * DAY_MS),
    ]
    assert windows(days) == {
        mexc: [Interval(DAY, DAY + 2 * DAY_MS)],
        gate: [Interval(DAY, DAY + DAY_MS), Interval(DAY + 2 * DAY_MS, DAY + 3 * DAY_MS)],
    }


def test_a_block_has_no_exchange_between_that_was_not_chosen() -> None:
    order = ENABLED
    assert blocks([order[3], order[0], order[1], order[6]]) == [
        [order[0], order[1]],
        [order[3]],
        [order[6]],
    ]


def test_the_range_of_a_rectangle_covers_exactly_it() -> None:
    days = [ExchangeDay(e, DAY + i * DAY_MS) for e in list(Exchange)[2:5] for i in range(3)]
    tags = range_tags(days)
    found = exchange_day_partitions().get_partition_keys_in_range(
        dg.PartitionKeyRange(
            tags["dagster/asset_partition_range_start"], tags["dagster/asset_partition_range_end"]
        )
    )
    assert set(found) == {str(day.key) for day in days}


@pytest.mark.parametrize(
    ("minute", "late", "days"),
    [
        (5, 0, [-1, 0]),
        (29, 0, [-1, 0]),
        (30, 0, [0]),
        (700, 0, [0]),
        (69, 60, [-1, 0]),
        (99, 60, [0]),
    ],
)
def test_yesterday_is_topped_up_until_its_last_rows_are_in(
    minute: int, late: int, days: list[int]
) -> None:
    at = datetime.fromtimestamp(DAY // 1000 + minute * 60, tz=UTC)
    assert top_up_days(at, [Exchange.BYBIT_SPOT], late * 60_000) == [
        ExchangeDay(Exchange.BYBIT_SPOT, DAY + ago * DAY_MS) for ago in days
    ]


_KEYS: list[list[str]] = []


@dg.asset(partitions_def=exchange_day_partitions(), backfill_policy=dg.BackfillPolicy.single_run())
def guarded(context: dg.AssetExecutionContext) -> None:
    """Remembers the keys it was given."""
    _KEYS.append(partition_keys(context))


def _run(tags: dict[str, str]) -> dg.ExecuteInProcessResult:
    return dg.materialize([guarded], tags=tags, raise_on_error=False)


def test_a_range_run_gets_every_key_of_its_range() -> None:
    days = [ExchangeDay(Exchange.BYBIT_SPOT, DAY + i * DAY_MS) for i in range(3)]
    assert _run(range_tags(days)).success
    assert _KEYS.pop() == sorted(str(day.key) for day in days)


def test_the_stale_partition_tags_of_a_job_backfill_are_refused() -> None:
    days = [ExchangeDay(Exchange.BYBIT_SPOT, DAY + i * DAY_MS) for i in range(3)]
    stale = {
        "dagster/partition/date": "2026-01-05",
        "dagster/partition/exchange": "BYBIT_SPOT",
    }
    result = _run({**range_tags(days), **stale})
    if result.success:  # the bug is gone: then every key has to be there
        assert _KEYS.pop() == sorted(str(day.key) for day in days)
        return
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    assert failure.step_failure_data.user_failure_data is not None
    assert "own page" in str(failure.step_failure_data.user_failure_data.description)


def test_an_exchange_that_is_not_enabled_has_no_partitions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "ENABLED", [Exchange.BYBIT_SPOT, Exchange.MEXC_SPOT])
    # Others lie between them in the list of all exchanges; enabled ones are neighbours.
    assert blocks([Exchange.MEXC_SPOT, Exchange.BYBIT_SPOT]) == [
        [Exchange.BYBIT_SPOT, Exchange.MEXC_SPOT]
    ]
    with pytest.raises(ConfigurationError, match=r"BINANCE_SPOT is not enabled.*ARB_EXCHANGES"):
        range_tags([ExchangeDay(Exchange.BINANCE_SPOT, DAY)])
