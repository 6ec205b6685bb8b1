"""API, command line, SQL and Dagster's job register a symbol alike: one sensor, one backfill."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

import arb_pipeline.cli.app
from arb_pipeline.definitions import defs
from arb_pipeline.defs.history.registration import registration
from arb_pipeline.model import Exchange
from arb_pipeline_tests.api.serving import served
from arb_pipeline_tests.integration.conftest import Pipeline
from arb_pipeline_tests.integration.repairing import ago, asked_for, repairing, tick

__all__ = ["repairing"]

BYBIT = Exchange.BYBIT_SPOT
NAME = "ETH/USDT"


def by_api(pipeline: Pipeline) -> None:
    async def post() -> None:
        async with served(pipeline.url) as client:
            body = {"symbol": NAME, "exchange": BYBIT.value}
            answer = await client.post("/symbols", json=body)
            assert answer.status_code == 201, answer.text
            assert (await client.post("/symbols", json=body)).status_code == 400

    asyncio.run(post())


def by_command(pipeline: Pipeline) -> None:
    done = CliRunner().invoke(arb_pipeline.cli.app.app, ["symbols", "track", BYBIT.value, NAME])
    assert done.exit_code == 0, done.output
    assert "BYBIT_SPOT ETHUSDT: tracked since" in done.output
    again = CliRunner().invoke(arb_pipeline.cli.app.app, ["symbols", "track", BYBIT.value, NAME])
    assert "already tracked since" in again.output


def by_sql(pipeline: Pipeline) -> None:
    (done,) = pipeline.rows(
        "UPDATE symbols SET is_tracked = true FROM exchanges AS e WHERE e.id = exchange_id"
        " AND e.enum_value = $1 AND exchange_symbol = 'ETHUSDT' RETURNING is_tracked",
        BYBIT.value,
    )
    assert done == (True,)


def by_job(pipeline: Pipeline) -> None:
    config = {"symbol": NAME, "exchange": BYBIT.value}
    assert job(pipeline, config).success


def job(pipeline: Pipeline, config: dict[str, Any]) -> Any:
    return defs.resolve_job_def("register_symbol").execute_in_process(
        instance=pipeline.instance,
        run_config={"ops": {"register": {"config": config}}},
        raise_on_error=False,
    )


@pytest.mark.parametrize("register", [by_api, by_command, by_sql, by_job])
def test_every_way_leads_to_the_same_backfill(
    repairing: Pipeline, register: Callable[[Pipeline], None]
) -> None:
    pipeline = repairing
    assert pipeline.sync(BYBIT).problem is None
    register(pipeline)
    runs, _ = tick(pipeline, registration)
    assert [asked_for(run) for run in runs] == [
        (f"{ago(1)}|BYBIT_SPOT", f"{ago(0)}|BYBIT_SPOT", ["ETHUSDT"])
    ]
    assert pipeline.rows(
        "SELECT n.exchange, n.symbol, n.data_set, n.timeframe, n.history_from::text,"
        " n.completed_at, n.is_tracked, n.registered_at = s.tracked_at"
        " FROM registrations_named AS n INNER JOIN symbols AS s ON n.symbol_id = s.id"
    ) == [("BYBIT_SPOT", NAME, "candles", "1m", ago(3), None, True, True)]


def test_the_job_without_an_exchange_and_with_a_wrong_name(repairing: Pipeline) -> None:
    pipeline = repairing
    assert pipeline.sync(BYBIT, Exchange.MEXC_SPOT).problem is None
    assert job(pipeline, {}).success  # as the form comes up: BTC/USDT, wherever it is listed
    assert pipeline.rows("SELECT count(*), min(symbol_base) FROM symbols WHERE is_tracked") == [
        (4, "BTC")
    ]
    for config, words in [
        ({"symbol": "NO/PE"}, "lists 'NO/PE'"),
        ({"exchange": "KRAKEN"}, "no exchange is called 'KRAKEN'"),
    ]:
        failed = job(pipeline, config)
        assert not failed.success
        (event,) = [one for one in failed.all_node_events if one.is_step_failure]
        assert words in str(event.step_failure_data.user_failure_data.description)
