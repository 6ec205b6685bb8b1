"""What retention leaves alone: the days that runs and backfills may still write."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg
import pytest
from dagster._core.execution.backfill import BulkActionStatus, PartitionBackfill
from dagster._core.test_utils import create_run_for_test

from arb_pipeline.defs.maintenance.holding import Hold, holds
from arb_pipeline.defs.partitions import range_tags
from arb_pipeline.model import DAY_MS
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline_tests.defs.maintained import DEFS, NOW, TODAY, ago, book_tickers, tickers


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def _held(instance: dg.DagsterInstance) -> dict[str, Hold]:
    def assets(job: str) -> list[str]:
        return {"beat": ["book_tickers", "tickers"], "symbols_sync": ["symbols"]}[job]

    return holds(instance, assets)


def test_a_run_of_a_job_holds_back_what_the_job_writes(instance: dg.DagsterInstance) -> None:
    tags = range_tags([ago(2)])
    create_run_for_test(instance, job_name="beat", tags=tags)
    create_run_for_test(instance, job_name="symbols_sync", tags={"dagster/partition": "MEXC_SPOT"})
    create_run_for_test(
        instance, job_name="beat", tags=range_tags([ago(9)]), status=dg.DagsterRunStatus.SUCCESS
    )
    found = _held(instance)
    assert {table: hold.since for table, hold in found.items()} == {
        "book_ticker_snapshots": to_datetime(TODAY - 2 * DAY_MS),
        "ticker_snapshots": to_datetime(TODAY - 2 * DAY_MS),
    }


@pytest.mark.parametrize("tags", [{"dagster/partition": "nonsense"}])
def test_what_cannot_be_read_is_held_back_as_a_whole(
    instance: dg.DagsterInstance, tags: dict[str, str]
) -> None:
    create_run_for_test(instance, job_name="beat", tags=tags)
    create_run_for_test(instance, job_name="beat", tags=range_tags([ago(2)]))
    assert _held(instance)["ticker_snapshots"].since is None


def test_a_job_nobody_knows_may_write_anything(instance: dg.DagsterInstance) -> None:
    create_run_for_test(instance, job_name="of_newer_code", tags=range_tags([ago(1)]))
    assert _held(instance).keys() >= {"balance_snapshots", "trade_snapshots", "candles"}


def _backfill(instance: dg.DagsterInstance, name: str, keys: list[str]) -> PartitionBackfill:
    backfill = PartitionBackfill.from_asset_partitions(
        backfill_id=name,
        asset_graph=DEFS.resolve_asset_graph(),
        partition_names=keys,
        asset_selection=[tickers.key],
        backfill_timestamp=NOW.timestamp(),
        tags={},
        dynamic_partitions_store=instance,
        all_partitions=False,
        title=None,
        description=None,
        run_config=None,
    )
    instance.add_backfill(backfill)
    return backfill


@pytest.mark.filterwarnings("ignore:Function `AssetSelection.sources`")  # Dagster's own call
def test_a_backfill_holds_back_its_days_until_it_is_over(instance: dg.DagsterInstance) -> None:
    days = [ago(days) for days in (20, 3, 12)]
    backfill = _backfill(instance, "abcdefgh", [str(day.key) for day in days])
    assert _held(instance) == {
        "ticker_snapshots": Hold(
            "ticker_snapshots",
            to_datetime(TODAY - 20 * DAY_MS),
            "backfill abcdefgh of tickers",
        )
    }
    instance.update_backfill(backfill._replace(status=BulkActionStatus.COMPLETED_SUCCESS))
    assert _held(instance) == {}


def test_a_backfill_that_cannot_be_read_holds_back_its_tables(
    instance: dg.DagsterInstance,
) -> None:
    backfill = PartitionBackfill(
        backfill_id="older",
        status=BulkActionStatus.REQUESTED,
        from_failure=False,
        tags={},
        backfill_timestamp=NOW.timestamp(),
        asset_selection=[book_tickers.key],
        serialized_asset_backfill_data="{}",
    )
    instance.add_backfill(backfill)
    assert _held(instance) == {
        "book_ticker_snapshots": Hold(
            "book_ticker_snapshots", None, "backfill older of book_tickers"
        )
    }
