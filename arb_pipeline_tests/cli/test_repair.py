"""Repair and coverage as a user runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from arb_pipeline.cli import main as _main  # noqa: F401  the commands hang themselves on the app
from arb_pipeline.cli.app import app
from arb_pipeline.defs.history.registration import registration
from arb_pipeline.defs.partitions import ExchangeDay
from arb_pipeline.model import DAY_MS, Exchange, Interval
from arb_pipeline.simulator import Fault, FaultKind
from arb_pipeline_tests.integration.conftest import Pipeline, dagster_database, pipeline
from arb_pipeline_tests.integration.repairing import TODAY, repairing, tick

__all__ = ["dagster_database", "pipeline", "repairing"]

MEXC = Exchange.MEXC_SPOT
OMITTED = Interval(TODAY - 2 * DAY_MS, TODAY - DAY_MS)
NOON = TODAY - DAY_MS // 2
HOLE = Interval(NOON, NOON + 60 * 60_000)


def shown(*arguments: str) -> tuple[int, str]:
    """The exit code and the words of a command that starts no run."""
    done = CliRunner().invoke(app, arguments)
    return done.exit_code, " ".join(done.stdout.split())


def repair(*arguments: str) -> tuple[int, str]:
    """The same of a repair, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "arb_pipeline", "repair", "MEXC_SPOT", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "COLUMNS": "200"},
    )
    return done.returncode, " ".join((done.stdout + done.stderr).split())


@pytest.mark.slow
def test_repair_finds_what_coverage_shows_as_missing(
    repairing: Pipeline, dagster_database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARB_EXCHANGES", "MEXC_SPOT")
    pipeline = repairing
    pipeline.track(MEXC, "BTC/USDT")
    omitted = pipeline.simulator.faults.add(
        Fault(FaultKind.MISSING_DAY, exchange=MEXC, interval=OMITTED)
    )
    pipeline.simulator.faults.add(Fault(FaultKind.HTTP_500, exchange=MEXC, interval=HOLE))
    days = [ExchangeDay(MEXC, TODAY - ago * DAY_MS) for ago in (1, 2, 3)]
    assert pipeline.collect(days).problem is not None
    tick(pipeline, registration)  # says what is wanted

    code, words = shown("coverage", "MEXC_SPOT", "--days", "5", "--picture")
    assert code == 1
    assert "BTCUSDT 1m █▓▒·" in words  # not wanted, complete, absent, in part, nothing at all
    assert "although the symbol trades all the time" in words
    (line,) = json.loads(CliRunner().invoke(app, ["coverage", "--days", "5", "--json"]).stdout)
    assert (line["symbol"], line["candles"]["absent"]) == ("BTCUSDT", 1440)
    assert line["first_missing"][0] < HOLE.start
    assert [day["absent_seconds"] for day in line["days"]][:3] == [0, 86_400, 0]

    pipeline.simulator.faults.clear()
    code, words = repair("BTC/USDT")
    assert code == 0, words
    assert "left" in words
    asked = len(pipeline.asked(MEXC))
    assert shown("repair", "MEXC_SPOT") == (0, "nothing is missing in 1 lines (symbol × data set)")
    assert len(pipeline.asked(MEXC)) == asked

    code, words = repair(
        "--recheck-absent", "--from", _day(OMITTED.start), "--to", _day(OMITTED.end)
    )
    assert code == 0, words
    assert "absences of 1 days are asked for again" in words
    assert "MEXC_SPOT BTCUSDT 1m 1,440 1,440 0 0 3 requests" in words
    assert len(pipeline.asked(MEXC)) - asked == 3
    assert omitted.hits > 0
    code, words = shown("symbols", "list", "--tracked")
    assert "BTCUSDT yes yes" in words


def _day(instant: int) -> str:
    return str(ExchangeDay(MEXC, instant).key).partition("|")[0]
