"""What the tests of retention share: stand-ins for the real assets, ten days of rows, a run."""

# Annotations are not postponed here: Dagster reads those of assets and checks.

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import dagster as dg
import pytest

from arb_pipeline.defs.maintenance import maintenance_assets, maintenance_jobs
from arb_pipeline.defs.partitions import ENABLED, ExchangeDay, exchange_day_partitions
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.model import DAY_MS
from arb_pipeline.settings import settings
from arb_pipeline.storage.coverage import to_datetime, to_ms
from arb_pipeline.storage.database import Connection, connect
from arb_pipeline_tests.storage.rows import ROWS

T = TypeVar("T")

NOW = datetime.now(tz=UTC)
TODAY = to_ms(NOW.replace(hour=0, minute=0, second=0, microsecond=0))
_HOUR = 3_600_000
# The first row of today, and of every day before: rows are six hours apart, and none becomes too
# old while tests run, since that is two hours away.
FIRST = TODAY + (NOW.hour - 3) % 6 * _HOUR


@dg.asset(partitions_def=exchange_day_partitions())
def book_tickers() -> None:
    """Stands for the asset of that name; what it does is of no importance here."""


@dg.asset(partitions_def=exchange_day_partitions())
def tickers() -> None:
    """As book_tickers."""


DEFS = dg.Definitions(
    assets=[*maintenance_assets, book_tickers, tickers],
    jobs=[*maintenance_jobs, dg.define_asset_job("mine", [book_tickers])],
    resources={"database": DatabaseResource()},
)


def ago(days: int) -> ExchangeDay:
    return ExchangeDay(ENABLED[0], TODAY - days * DAY_MS)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture
def database(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Callable[[Connection], Awaitable[Any]]], Any]]:
    """Ten days of book tickers and of tickers, a row every six hours; asks the database."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("ARB_HOME", str(tmp_path))
    monkeypatch.setenv("ARB_SIMULATOR", "false")
    settings.cache_clear()

    def ask(question: Callable[[Connection], Awaitable[T]]) -> T:
        async def asked() -> T:
            connection = await connect(database_url)
            try:
                return await question(connection)
            finally:
                await connection.close()

        return asyncio.run(asked())

    async def fill(connection: Connection) -> None:
        await connection.execute(ROWS["symbols"])
        for insert in (
            "book_ticker_snapshots (timestamp, symbol_id, bid_price, bid_qty, ask_price, ask_qty) "
            "SELECT t, 1, 1, 1, 2, 1",
            "ticker_snapshots (timestamp, symbol_id, last_price) SELECT t, 1, 1",
        ):
            await connection.execute(
                f"INSERT INTO {insert} FROM generate_series($1::timestamptz, $2, '6 hours') AS t",
                to_datetime(FIRST - 10 * DAY_MS),
                NOW,
            )

    ask(fill)
    yield ask
    settings.cache_clear()


def retain(instance: dg.DagsterInstance) -> tuple[bool, dict[str, Any]]:
    """Whether a run of maintenance succeeds, and what it tells."""
    result = DEFS.resolve_job_def("maintenance").execute_in_process(
        instance=instance, raise_on_error=False
    )
    event = instance.get_latest_materialization_event(dg.AssetKey("retention"))
    if not result.success:
        (failed,) = [e for e in result.all_events if e.is_step_failure]
        data = failed.step_failure_data.user_failure_data
        assert data is not None
        return False, {"problem": data.description, **data.metadata}
    assert event is not None
    assert event.asset_materialization is not None
    return True, dict(event.asset_materialization.metadata)


def rows(metadata: dict[str, Any], name: str) -> dict[str, dict[str, Any]]:
    """A table of the metadata, by the names of tables."""
    return {one.data["table"]: dict(one.data) for one in metadata[name].records}
