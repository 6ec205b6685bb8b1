"""What goes wrong behind the API is told in one sentence, and never shown."""

from __future__ import annotations

import logging

import asyncpg
import pytest

from arb_pipeline.storage.create_database import with_database
from arb_pipeline.storage.database import Pool
from arb_pipeline_tests.api.serving import served, stock


async def test_a_database_that_is_away_is_503_and_back_is_200(
    server_url: str, database_url: str, pool: Pool
) -> None:
    async with served(with_database(server_url, "arb_test_not_there")) as client:
        for address in ("/balances", "/symbols", "/plot/balances", "/"):
            answer = await client.get(address)
            assert answer.status_code == 503, answer.text
            assert answer.headers["retry-after"] == "5"
            assert answer.json()["error"]["code"] == "database_away"
    await stock(pool)
    async with served(database_url, api_connections=1) as client:
        assert (await client.get("/balances")).status_code == 200
        await pool.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'arb-pipeline api' AND datname = current_database()"
        )
        # The broken connection is noticed by who gets it; the next gets a new one.
        statuses = [(await client.get("/balances")).status_code for _ in range(3)]
        assert statuses[-1] == 200
        assert set(statuses) <= {200, 503}


async def test_a_database_without_tables_is_told(empty_database_url: str) -> None:
    async with served(empty_database_url) as client:
        answer = await client.get("/balances")
        assert answer.status_code == 503
        assert answer.json()["error"]["code"] == "not_migrated"


async def test_the_unexpected_is_a_number_for_clients_and_a_trace_in_the_log(
    database_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr("arb_pipeline.api.paging.page", broken)
    async with served(database_url) as client:
        answer = await client.get("/balances")
    assert answer.status_code == 500
    error = answer.json()["error"]
    assert error["code"] == "internal_error"
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    (record,) = [one for one in caplog.records if one.levelno >= logging.ERROR]
    assert record.getMessage().split()[-1] in error["message"]
    assert record.exc_info is not None
    assert "the secret of the house" in str(record.exc_info[1])


async def test_what_the_driver_refuses_is_no_outage(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wrong(*_: object, **__: object) -> None:
        raise asyncpg.DataError("invalid input for query argument $1")

    monkeypatch.setattr("arb_pipeline.api.paging.page", wrong)
    async with served(database_url) as client:
        assert (await client.get("/balances")).status_code == 500
