"""Freshness, named per exchange, and beats that are missing; over rows in a real database."""

from __future__ import annotations

from datetime import UTC, datetime

import dagster as dg
import pytest

from arb_pipeline import settings as settings_module
from arb_pipeline.defs.monitoring import monitoring_schedules
from arb_pipeline.defs.snapshots.automation import beat
from arb_pipeline.model import now_ms
from arb_pipeline.storage.collections import Collection
from arb_pipeline_tests.defs.snapshot_rows import Snapshots
from arb_pipeline_tests.defs.watching import ASSETS, BYBIT, ERROR, MEXC, PERPETUAL, WARN, Check


def test_every_check_belongs_to_one_exchange_or_names_them(check: Check) -> None:
    """In a database that holds nothing at all."""
    found = check()
    fresh = {key for key in found if key[1].startswith("fresh_")}
    assert len(fresh) == 7 + 7 + 3 + 7
    assert ("funding_rates", "fresh_mexc_spot") not in fresh
    others = {
        *(("book_tickers", name) for name in ("spread_positive", "no_price_jump", "beats_on_time")),
        *((asset, "clocks_right") for asset in ASSETS),
        *((asset, "prices_positive") for asset in ASSETS[:2]),
        *((asset, f"{asset}_rows_accepted") for asset in ASSETS[:3]),
        ("balances", "balances_sane"),
    }
    assert set(found) - fresh == others
    for key in fresh:
        assert found[key].passed
        assert str(found[key].description).startswith("not configured")
    assert [key for key in others if not found[key].passed] == [("book_tickers", "beats_on_time")]


def test_a_dead_exchange_does_not_hide_behind_a_living_one(rows: Snapshots, check: Check) -> None:
    living, dead = rows.track(MEXC, BYBIT)
    rows.book(living, 60, 5)
    rows.book(dead, 600, 540)
    rows.beats([MEXC, BYBIT], range(1, 30))
    lately = now_ms() - 30_000  # the newest beat above may be 55 seconds old
    problem = "BYBIT_SPOT book_tickers: Unreachable: no answer within 15 s"
    rows.collected([Collection(BYBIT, "book_tickers", lately, problem=problem, is_transient=True)])
    found = check()
    assert found["book_tickers", "fresh_mexc_spot"].passed
    stale = found["book_tickers", "fresh_bybit_spot"]
    assert not stale.passed
    assert stale.severity is ERROR
    assert "stale: nothing since" in str(stale.description)
    assert problem in str(stale.description)
    assert stale.metadata["stale after (s)"].value == 180
    age = stale.metadata["age (s)"].value
    assert isinstance(age, float)
    assert 540 <= age < 570


def test_one_symbol_behind_is_named(rows: Snapshots, check: Check) -> None:
    (living,) = rows.track(MEXC)
    rows.track(MEXC, name="GONEUSDT")
    rows.book(living, 5)
    rows.beats([MEXC], range(1, 30))
    found = check()["book_tickers", "fresh_mexc_spot"]
    assert (found.passed, found.severity) == (False, WARN)
    assert found.description == "1 of 2 symbols are behind: GONEUSDT"


@pytest.mark.parametrize(
    ("minutes", "passed", "severity", "words"),
    [
        ([], False, WARN, "nothing was collected of any exchange yet"),
        (range(30, 60), False, WARN, "nobody collects since"),
        # Of three minutes that may pass; a beat of two minutes ago may be five seconds short of it.
        ([1], True, ERROR, "nothing yet since collecting began"),
        ([1, *range(30, 60)], True, ERROR, "nothing yet since collecting began"),
        (range(1, 60), False, ERROR, "stale: nothing in the last day"),
    ],
)
def test_nothing_yet_is_not_stale(
    rows: Snapshots,
    check: Check,
    minutes: list[int],
    passed: bool,
    severity: dg.AssetCheckSeverity,
    words: str,
) -> None:
    rows.track(MEXC)
    rows.beats([BYBIT], minutes)
    found = check()["book_tickers", "fresh_mexc_spot"]
    assert words in str(found.description)
    assert (found.passed, found.severity) == (passed, severity)


def test_settled_funding_is_no_sample(rows: Snapshots, check: Check) -> None:
    (perpetual,) = rows.track(PERPETUAL)
    rows.funding(perpetual, 60, settled=True)
    rows.beats([PERPETUAL], range(1, 60))
    assert not check()["funding_rates", "fresh_bybit_futures"].passed
    rows.funding(perpetual, 1200)
    assert check()["funding_rates", "fresh_bybit_futures"].passed


def test_an_account_that_answers_is_fresh_whatever_it_holds(
    rows: Snapshots, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEXC_API_KEY", "a-key-of-ours")
    monkeypatch.setenv("MEXC_API_SECRET", "hush-hush")
    settings_module.settings.cache_clear()
    rows.beats([MEXC], range(1, 60))
    found = check()
    assert not found["balances", "fresh_mexc_spot"].passed
    assert "not configured" in str(found["balances", "fresh_bybit_spot"].description)
    at = now_ms() - 120_000
    rows.collected([Collection(MEXC, "balances", at, at)])
    assert check()["balances", "fresh_mexc_spot"].passed


@pytest.mark.parametrize(
    ("minutes", "passed", "severity"),
    [
        (range(1, 90), True, WARN),
        ([*range(1, 30), *range(32, 90)], True, WARN),
        ([*range(1, 30), *range(36, 90)], False, WARN),
        (range(10, 90), False, ERROR),
        ([1, 2], True, WARN),
    ],
)
def test_missing_beats(
    rows: Snapshots,
    check: Check,
    minutes: list[int],
    passed: bool,
    severity: dg.AssetCheckSeverity,
) -> None:
    rows.beats([MEXC, BYBIT], minutes, late=0.25)
    found = check()["book_tickers", "beats_on_time"]
    assert (found.passed, found.severity) == (passed, severity), found.description
    numbers = {name: value.value for name, value in found.metadata.items()}
    assert numbers["beats (24 h)"] == len(minutes)
    assert numbers["lateness median (s)"] == 0.25
    assert numbers["lateness max (s)"] == 0.25
    assert numbers["samples (24 h)"] == 2 * len(minutes)
    assert numbers["samples failed (24 h)"] == 0


def test_the_job_has_its_own_schedule() -> None:
    (schedule,) = monitoring_schedules
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    assert schedule.job_name == "snapshot_checks"
    assert schedule.cron_schedule == settings_module.settings().checks_cron


def test_no_beat_carries_checks() -> None:
    """A run for chosen assets brings their checks along unless it is told not to."""
    with (
        dg.instance_for_test() as instance,
        dg.build_schedule_context(instance, datetime.now(tz=UTC)) as context,
    ):
        request = beat(context)
    assert isinstance(request, dg.RunRequest)
    assert request.asset_selection
    assert request.asset_check_keys == []
