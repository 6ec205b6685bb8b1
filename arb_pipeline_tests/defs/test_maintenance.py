"""Retention as Dagster runs it: what it drops, what it holds back and what it reports."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import dagster as dg
import pytest
import sqlalchemy
from dagster._core.test_utils import create_run_for_test

from arb_pipeline.defs.partitions import range_tags
from arb_pipeline.model import DAY_MS
from arb_pipeline.settings import settings
from arb_pipeline.storage.coverage import to_datetime, to_ms
from arb_pipeline_tests.defs.maintained import (
    DEFS,
    FIRST,
    NOW,
    ago,
    book_tickers,
    database,
    instance,
    retain,
    rows,
)

__all__ = ["database", "instance"]

HALF_HOUR = 30 * 60_000


def _chunks(first_day: int, kept_days: int) -> int:
    """How many chunks, one per row, lie between the start of a day and what is kept."""
    cutoff = to_ms(NOW) - kept_days * DAY_MS
    return len(range(FIRST - first_day * DAY_MS, cutoff - HALF_HOUR, DAY_MS // 4))


def _oldest(database: Any, table: str) -> datetime:
    moment: datetime = database(lambda c: c.fetchval(f"SELECT min(timestamp) FROM {table}"))
    return moment


def test_what_is_too_old_goes_and_the_report_says_so(
    database: Any, instance: dg.DagsterInstance
) -> None:
    success, metadata = retain(instance)
    assert success
    kept = {"book_ticker_snapshots": 3, "ticker_snapshots": 7}
    for table, days in kept.items():
        oldest = NOW - _oldest(database, table)
        assert timedelta(days=days, hours=-7) < oldest <= timedelta(days=days, minutes=31)
    dropped = rows(metadata, "dropped")
    assert dropped.keys() == settings().keep_days.keys()
    books = dropped["book_ticker_snapshots"]
    assert books["chunks dropped"] == _chunks(10, 3)
    assert books["from"] == f"{to_datetime(FIRST - 10 * DAY_MS):%Y-%m-%d %H:%M}"
    assert books["bytes"] > 0
    assert books["because of"] is None
    assert dropped["balance_snapshots"]["chunks dropped"] == 0
    assert metadata["chunks held back"].value == 0
    tables = rows(metadata, "tables")
    left = database(lambda c: c.fetchval("SELECT count(*) FROM ticker_snapshots"))
    assert tables["ticker_snapshots"]["rows"] == left > 20
    assert tables["exchanges"]["counted"] == "exactly"
    assert metadata["bytes of all tables"].value > 0
    assert metadata["id cache hit ratio"].value is None
    assert retain(instance)[1]["chunks dropped"].value == 0


def test_days_that_are_being_written_are_held_back(
    database: Any, instance: dg.DagsterInstance
) -> None:
    """An open run of book tickers of six days ago; tickers are not concerned."""
    run = create_run_for_test(
        instance,
        job_name="mine",
        status=dg.DagsterRunStatus.STARTED,
        asset_selection=frozenset({book_tickers.key}),
        tags=range_tags([ago(6), ago(5)]),
    )
    success, metadata = retain(instance)
    assert success
    assert _oldest(database, "book_ticker_snapshots") == to_datetime(FIRST - 6 * DAY_MS)
    assert NOW - _oldest(database, "ticker_snapshots") < timedelta(days=7, minutes=31)
    books = rows(metadata, "dropped")["book_ticker_snapshots"]
    assert books["chunks dropped"] == 4 * 4
    assert books["chunks held back"] == _chunks(6, 3)
    assert books["because of"] == f"run {run.run_id[:8]} of book_tickers"

    instance.delete_run(run.run_id)
    assert retain(instance)[0]
    assert NOW - _oldest(database, "book_ticker_snapshots") < timedelta(days=3, minutes=31)


def test_the_jobs_of_this_code_are_known_in_a_run(
    database: Any, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run of a whole job names no assets: the job has to tell them."""
    monkeypatch.setattr("arb_pipeline.definitions.defs", DEFS)
    create_run_for_test(instance, job_name="mine", tags=range_tags([ago(6)]))
    dropped = rows(retain(instance)[1], "dropped")
    assert dropped["book_ticker_snapshots"]["chunks held back"] == _chunks(6, 3)
    assert dropped["ticker_snapshots"]["chunks held back"] == 0


def test_a_table_in_use_fails_the_run_and_not_the_other_tables(
    database: Any,
    database_url: str,
    instance: dg.DagsterInstance,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("arb_pipeline.storage.retention._LOCK_TIMEOUT", "20ms")
    monkeypatch.setattr("arb_pipeline.storage.retention._PAUSE_SECONDS", 0.01)

    engine = sqlalchemy.create_engine(database_url)
    with engine.connect() as busy:
        busy.execute(sqlalchemy.text("SELECT count(*) FROM book_ticker_snapshots"))
        success, told = retain(instance)
    engine.dispose()
    assert not success
    assert "book_ticker_snapshots: book_ticker_snapshots is in use" in told["problem"]
    assert rows(told, "dropped")["ticker_snapshots"]["chunks dropped"] > 0


def test_a_table_that_does_not_exist_is_passed_over(
    database: Any, instance: dg.DagsterInstance
) -> None:
    database(lambda c: c.execute("DROP TABLE ticker_snapshots CASCADE"))
    success, metadata = retain(instance)
    assert success
    assert rows(metadata, "dropped")["ticker_snapshots"]["chunks dropped"] == 0
