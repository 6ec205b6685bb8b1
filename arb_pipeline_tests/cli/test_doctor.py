"""``doctor`` tells accepted credentials from refused ones, as a user runs it."""

from __future__ import annotations

import pytest

from arb_pipeline.model import Company
from arb_pipeline_tests.cli.test_collecting import run
from arb_pipeline_tests.integration.conftest import Pipeline, dagster_database, pipeline

__all__ = ["dagster_database", "pipeline"]

KEY, SECRET = "the-api-key", "the-api-secret"


@pytest.mark.slow
def test_doctor_says_whether_credentials_are_accepted(
    pipeline: Pipeline, dagster_database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "400")  # cells in one piece: nothing hides in a fold
    monkeypatch.setenv("ARB_EXCHANGES", "BYBIT_SPOT,MEXC_SPOT")
    monkeypatch.setenv("BYBIT_API_KEY", KEY)
    monkeypatch.setenv("BYBIT_API_SECRET", "not-the-secret")
    pipeline.simulator.accounts[Company.BYBIT] = (KEY, SECRET)

    refused = run("doctor")
    assert refused.returncode == 1, refused.stderr
    assert "refused: BYBIT_SPOT account: BadCredentials" in refused.stdout
    assert "check BYBIT_API_KEY and BYBIT_API_SECRET" in refused.stdout
    assert "not configured" in refused.stdout

    monkeypatch.setenv("BYBIT_API_SECRET", SECRET)
    accepted = run("doctor")
    assert accepted.returncode == 0, accepted.stdout
    assert "accepted" in accepted.stdout

    for done in (refused, accepted):
        for hidden in (KEY, SECRET, "not-the-secret"):
            assert hidden not in done.stdout + done.stderr
    signed = pipeline.simulator.requests.select(endpoint="account")
    assert [request.company for request in signed] == [Company.BYBIT] * 2

    # What the simulator refuses is nobody's fault: only the database is wrong.
    monkeypatch.setenv("ARB_SIMULATOR", "true")
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:9/none")
    pipeline.simulator.accounts.clear()
    unknown = run("doctor")
    assert "the simulator knows no accounts" in unknown.stdout, unknown.stderr
    assert unknown.stdout.count(" wrong ") == 1
