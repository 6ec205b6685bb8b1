"""Retention of funding as Dagster runs it: what was predicted goes, what was paid stays."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test

from arb_pipeline.defs.partitions import range_tags
from arb_pipeline.model import DAY_MS
from arb_pipeline.settings import settings
from arb_pipeline.storage.coverage import to_datetime, to_ms
from arb_pipeline.storage.database import Connection
from arb_pipeline_tests.defs.maintained import FIRST, NOW, ago, database, instance, retain, rows

__all__ = ["database", "instance"]

TABLE = "funding_rate_snapshots"
HOUR = DAY_MS // 24
FILL = (
    "INSERT INTO funding_rate_snapshots (timestamp, symbol_id, funding_rate, funding_time, "
    "is_settled) SELECT t, 1, 0.0001, 1, $3 FROM generate_series($1::timestamptz, $2, $4) AS t"
)
PAID = "SELECT timestamp, xmin::text FROM funding_rate_snapshots WHERE is_settled ORDER BY 1"
OLDEST = "SELECT min(timestamp) FROM funding_rate_snapshots WHERE NOT is_settled"


@pytest.fixture
def funding(database: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Ten days, of which four are kept: predicted every six hours, paid every twelve."""
    monkeypatch.setenv("ARB_KEEP_DAYS", f"{TABLE}=4")
    settings.cache_clear()
    since = to_datetime(FIRST - 10 * DAY_MS)
    for is_settled, hours in ((False, 6), (True, 12)):
        values = (since, NOW, is_settled, timedelta(hours=hours))
        database(partial(_fill, values))
    return database


async def _fill(values: tuple[object, ...], connection: Connection) -> None:
    await connection.execute(FILL, *values)


def _due(first_day: int) -> tuple[int, int]:
    """How many predicted rows too old from a day on lie alone, and how many beside a payment."""
    last = to_ms(NOW) - 4 * DAY_MS - HOUR
    alone = range(FIRST - first_day * DAY_MS + 6 * HOUR, last + 1, 12 * HOUR)
    beside = range(FIRST - first_day * DAY_MS, last + 1, 12 * HOUR)
    return len(alone), len(beside)


def test_what_was_predicted_goes_and_the_report_says_so(
    funding: Any, instance: dg.DagsterInstance, capsys: pytest.CaptureFixture[str]
) -> None:
    paid = funding(lambda c: c.fetch(PAID))
    success, metadata = retain(instance)
    assert success
    told = rows(metadata, "dropped")[TABLE]
    assert (told["chunks dropped"], told["rows deleted"]) == _due(10)
    assert (told["chunks held back"], told["because of"], told["problem"]) == (0, None, None)
    assert metadata["rows deleted"].value == told["rows deleted"]
    log = capsys.readouterr().err
    assert f"{TABLE}: {told['chunks dropped']} chunks dropped" in log
    assert f"{told['rows deleted']} rows deleted of others" in log
    oldest = NOW - funding(lambda c: c.fetchval(OLDEST))
    assert timedelta(days=4, hours=-7) < oldest <= timedelta(days=4, hours=1)
    assert funding(lambda c: c.fetch(PAID)) == paid

    success, metadata = retain(instance)
    assert success
    assert [metadata[name].value for name in ("chunks dropped", "rows deleted")] == [0, 0]
    assert metadata["chunks held back"].value == 0


def test_days_that_are_being_filled_are_held_back(
    funding: Any, instance: dg.DagsterInstance
) -> None:
    run = create_run_for_test(
        instance,
        job_name="any",
        status=dg.DagsterRunStatus.STARTED,
        asset_selection=frozenset({dg.AssetKey("funding_rate_history")}),
        tags=range_tags([ago(7), ago(6)]),
    )
    told = rows(retain(instance)[1], "dropped")[TABLE]
    assert (told["chunks dropped"], told["rows deleted"]) == (3 * 2, 3 * 2)
    assert funding(lambda c: c.fetchval(OLDEST)) == to_datetime(FIRST - 7 * DAY_MS)
    assert told["chunks held back"] == sum(_due(7))
    assert told["because of"] == f"run {run.run_id[:8]} of funding_rate_history"

    instance.delete_run(run.run_id)
    told = rows(retain(instance)[1], "dropped")[TABLE]
    assert (told["chunks dropped"], told["rows deleted"]) == _due(7)
    assert told["chunks held back"] == 0
