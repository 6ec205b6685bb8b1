"""Checks on what is sampled: named per exchange, over rows in a real database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import dagster as dg
import pytest

from arb_pipeline import settings as settings_module
from arb_pipeline.defs.monitoring import monitoring_checks, monitoring_jobs, monitoring_schedules
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.model import DataSet, Exchange, now_ms
from arb_pipeline.storage.collections import Collection
from arb_pipeline_tests.defs.snapshot_rows import Snapshots

MEXC, BYBIT, PERPETUAL = Exchange.MEXC_SPOT, Exchange.BYBIT_SPOT, Exchange.BYBIT_FUTURES
ASSETS = ["book_tickers", "tickers", "funding_rates", "balances"]
WARN, ERROR = dg.AssetCheckSeverity.WARN, dg.AssetCheckSeverity.ERROR
Evaluations = Mapping[tuple[str, str], dg.AssetCheckEvaluation]
Check = Callable[[], Evaluations]


@pytest.fixture
def check(rows: Snapshots) -> Iterator[Check]:
    """Runs the job and gives the evaluations by asset and name."""
    defs = dg.Definitions(
        assets=[dg.AssetSpec(key) for key in ASSETS],
        asset_checks=monitoring_checks,
        jobs=monitoring_jobs,
        resources={"database": DatabaseResource()},
        executor=dg.in_process_executor,
    )
    job = defs.resolve_job_def("snapshot_checks")
    with dg.DagsterInstance.ephemeral() as instance:

        def run() -> Evaluations:
            result = job.execute_in_process(instance=instance)
            return {
                (one.asset_key.to_user_string(), one.check_name): one
                for one in result.get_asset_check_evaluations()
            }

        yield run


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
    minute = now_ms() - 60_000
    problem = "BYBIT_SPOT book_tickers: Unreachable: no answer within 15 s"
    rows.collected([Collection(BYBIT, "book_tickers", minute, problem=problem, is_transient=True)])
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
        (range(1, 3), True, ERROR, "nothing yet since collecting began"),
        ([1, 2, *range(30, 60)], True, ERROR, "nothing yet since collecting began"),
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


def test_senseless_samples_fail_by_name(rows: Snapshots, check: Check) -> None:
    crossed, jumping, calm, slow = rows.track(BYBIT, MEXC, Exchange.GATEIO_SPOT, PERPETUAL)
    rows.book(crossed, 30, bid="101", ask="100.5")
    rows.book(crossed, 90, bid="101", ask="101")
    rows.book(jumping, 90, bid="100", ask="102")
    rows.book(jumping, 30, bid="105.1", ask="107.1")  # 505 basis points of 101
    rows.book(calm, 500, bid="100", ask="102")  # too long before the next to be a jump
    rows.book(calm, 30, bid="200", ask="202")
    rows.book(slow, 30, behind=31)
    rows.book(slow, 90, behind=29)
    found = check()
    for name, exchange, words in [
        ("spread_positive", "BYBIT_SPOT", "2 × bid ≥ ask, latest 101 ≥ 100.5"),
        ("no_price_jump", "MEXC_SPOT", "505 basis points"),
        ("clocks_right", "BYBIT_FUTURES", "1 rows of 1 symbols behind, this one most: 31.0 s"),
    ]:
        one = found["book_tickers", name]
        assert (one.passed, one.severity) == (False, WARN), name
        assert one.metadata["findings"].value == 1, name
        table = one.metadata["what was found"]
        assert isinstance(table, dg.TableMetadataValue)
        (record,) = table.records
        assert record.data["exchange"] == exchange
        assert words in str(record.data["what"])
    assert found["book_tickers", "prices_positive"].passed
    assert found["book_tickers", "book_tickers_rows_accepted"].passed


@pytest.mark.parametrize(
    ("data_set", "reason", "failing", "severity"),
    [
        (DataSet.BOOK_TICKERS, "violates chk_positive_prices",
         {"prices_positive", "book_tickers_rows_accepted"}, WARN),
        (DataSet.TICKERS, "violates chk_last_price",
         {"prices_positive", "tickers_rows_accepted"}, WARN),
        (DataSet.TICKERS, "its time is 3600 s ahead of the time of receipt",
         {"clocks_right", "tickers_rows_accepted"}, ERROR),
        (DataSet.FUNDING_RATES, "funding_rate: 'NaN' is no number",
         {"funding_rates_rows_accepted"}, WARN),
        (DataSet.BALANCES, "violates chk_positive_balances", {"balances_sane"}, ERROR),
        (DataSet.BALANCES, "violates chk_valid_asset_name", {"balances_sane"}, ERROR),
        (DataSet.BALANCES, "its time is 3600 s ahead of the time of receipt",
         {"balances_sane", "clocks_right"}, ERROR),
    ],
)  # fmt: skip
def test_refused_rows_fail_by_name(
    rows: Snapshots,
    check: Check,
    data_set: DataSet,
    reason: str,
    failing: set[str],
    severity: dg.AssetCheckSeverity,
) -> None:
    symbol = rows.track(PERPETUAL)[0] if data_set is not DataSet.BALANCES else None
    rows.refuse(data_set, PERPETUAL, symbol, reason)
    rows.beats([PERPETUAL], range(1, 60))
    found = {
        key: one
        for key, one in check().items()
        if not one.passed and not key[1].startswith("fresh_")
    }
    assert set(found) == {(data_set.value, name) for name in failing}
    for one in found.values():
        assert one.severity is severity
        assert f"BYBIT_FUTURES, such as {'BTCUSDT' if symbol else ''}: {reason}" in str(
            one.description
        )


def test_stored_rows_that_cannot_be_mean_that_the_schema_is_broken(
    rows: Snapshots, check: Check
) -> None:
    (symbol,) = rows.track(MEXC)
    rows.execute("ALTER TABLE book_ticker_snapshots DROP CONSTRAINT chk_positive_prices")
    rows.execute("ALTER TABLE ticker_snapshots DROP CONSTRAINT chk_last_price")
    rows.execute("ALTER TABLE balance_snapshots DROP CONSTRAINT chk_positive_balances")
    rows.book(symbol, 5, bid="0")
    rows.execute(
        "INSERT INTO ticker_snapshots (timestamp, symbol_id, last_price) SELECT now(), id, -1 "
        "FROM symbols; INSERT INTO balance_snapshots (timestamp, exchange_id, asset_name, "
        "available_balance) VALUES (now(), 1, 'BTC', 'NaN'), (now(), 1, 'ETH', -1)"
    )
    found = check()
    for key, count in [
        (("book_tickers", "prices_positive"), 1),
        (("tickers", "prices_positive"), 1),
        (("balances", "balances_sane"), 2),
    ]:
        assert (found[key].passed, found[key].severity) == (False, ERROR)
        assert found[key].metadata["findings"].value == count


def test_only_what_came_since_the_last_evaluation_is_looked_at(
    rows: Snapshots, check: Check
) -> None:
    (symbol,) = rows.track(MEXC)
    rows.book(symbol, 700, bid="101", ask="100")
    rows.beats([MEXC], range(1, 60))
    assert check()["book_tickers", "spread_positive"].passed
    rows.book(symbol, 500, bid="101", ask="100")
    assert not check()["book_tickers", "spread_positive"].passed
    assert not check()["book_tickers", "spread_positive"].passed  # twice in a row, the same twice


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
