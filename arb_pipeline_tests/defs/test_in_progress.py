"""Which exchanges are being collected from, by the runs that have not ended."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test

from arb_pipeline.defs.history.in_progress import busy
from arb_pipeline.defs.partitions import ENABLED, ExchangeDay, range_tags, static_range_tags
from arb_pipeline.model import Exchange

DAY = 1_767_571_200_000  # 2026-01-05
JOBS = {"candles_top_up": "candles"}


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def start(instance: dg.DagsterInstance, asset: str, tags: dict[str, str]) -> None:
    create_run_for_test(
        instance,
        job_name="__ASSET_JOB",
        asset_selection=frozenset({dg.AssetKey(asset)}),
        status=dg.DagsterRunStatus.STARTED,
        tags=tags,
    )


def test_a_run_of_candles_occupies_its_exchanges(instance: dg.DagsterInstance) -> None:
    start(instance, "candles", range_tags([ExchangeDay(Exchange.BYBIT_SPOT, DAY)]))
    assert busy(instance, JOBS) == {(Exchange.BYBIT_SPOT, "candles")}


def test_a_run_of_listings_occupies_nothing(instance: dg.DagsterInstance) -> None:
    """Its partitions are exchanges alone: there is no day in its tags to be read."""
    start(instance, "symbols", static_range_tags(ENABLED))
    assert busy(instance, JOBS) == set()
