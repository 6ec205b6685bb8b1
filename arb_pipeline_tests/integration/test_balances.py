"""Balances on real parts: signed accounts, exact to the last digit, what is gone once as zero."""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal

import dagster as dg
import pytest

from arb_pipeline.defs.launch import Launched, materialize_snapshots
from arb_pipeline.model import Company, DataSet, Exchange, now_ms
from arb_pipeline.settings import settings
from arb_pipeline.simulator import Fault, FaultKind
from arb_pipeline_tests.integration.conftest import Pipeline

SPOT = Exchange.BINANCE_SPOT


@pytest.fixture
def accounts(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipeline]:
    """An account at every company but MEXC."""
    monkeypatch.setenv("ARB_BALANCE_RETRY_SECONDS", "0.05")
    for company in set(Company) - {Company.MEXC}:
        pipeline.simulator.accounts[company] = (f"{company}-key", f"{company}-secret")
        monkeypatch.setenv(f"{company}_API_KEY", f"{company}-key")
        monkeypatch.setenv(f"{company}_API_SECRET", f"{company}-secret")
    settings.cache_clear()
    yield pipeline
    settings.cache_clear()


def sync(pipeline: Pipeline) -> Launched:
    return materialize_snapshots(pipeline.instance, list(Exchange), [DataSet.BALANCES])


def latest(pipeline: Pipeline, exchange: Exchange) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
    rows = pipeline.rows(
        "SELECT asset_name, available_balance, locked_balance, total_balance"
        " FROM latest_balances_named WHERE exchange = $1",
        exchange.value,
    )
    return {name: amounts for name, *amounts in rows}  # type: ignore[misc]


def stored(pipeline: Pipeline, exchange: Exchange, asset: str) -> list[Decimal]:
    rows = pipeline.rows(
        "SELECT total_balance FROM balance_snapshots_named WHERE exchange = $1"
        " AND asset_name = $2 ORDER BY timestamp",
        exchange.value,
        asset,
    )
    return [total for (total,) in rows]


def test_every_account_is_read_to_the_last_digit_and_dust_is_counted(accounts: Pipeline) -> None:
    launched = sync(accounts)
    assert launched.problem is None, launched.problem
    held = latest(accounts, SPOT)
    assert [str(part) for part in held["USDT"]] == [
        "12345678901234567890.12345678",
        "1000.00000000",
        "12345678901234568890.12345678",
    ]
    assert str(held["ETH"][0]) == "12.000000000000000001"
    assert "DOGE" not in held  # 0.00001: below the threshold of 0.0001
    assert str(latest(accounts, Exchange.BYBIT_SPOT)["USDT"][0]) == "17887.726142370000000001"
    assert latest(accounts, Exchange.GATEIO_FUTURES)["USDT"][1] == Decimal("678.9")
    assert latest(accounts, Exchange.MEXC_SPOT) == {}

    today = time.strftime("%Y-%m-%d", time.gmtime(now_ms() / 1000))
    assert accounts.materialized("balances") == {f"{today}|{e}" for e in Exchange}
    told = {
        str(event.asset_materialization.partition): event.asset_materialization.metadata
        for event in _materializations(accounts)
        if event.asset_materialization
    }
    assert told[f"{today}|{SPOT}"]["assets below the dust threshold"].value == 1
    note = told[f"{today}|MEXC_SPOT"]["note"].value
    assert note == "not configured: set MEXC_API_KEY and MEXC_API_SECRET"


def _materializations(pipeline: Pipeline) -> list[dg.EventLogEntry]:
    found = pipeline.instance.fetch_materializations(dg.AssetKey("balances"), limit=50)
    return [record.event_log_entry for record in found.records]


def test_what_is_gone_is_stored_once_as_zero(accounts: Pipeline) -> None:
    assert sync(accounts).problem is None
    accounts.simulator.set_balance(SPOT, "ETH", "0")
    for _ in range(3):
        assert sync(accounts).problem is None
    assert stored(accounts, SPOT, "ETH") == [Decimal("12.000000000000000001"), Decimal(0)]
    assert len(stored(accounts, SPOT, "BTC")) == 4
    assert "ETH" not in latest(accounts, SPOT)
    accounts.simulator.set_balance(SPOT, "ETH", "0.25")
    assert sync(accounts).problem is None
    assert stored(accounts, SPOT, "ETH")[2:] == [Decimal("0.25")]


def test_wrong_credentials_fail_at_once_and_others_are_read(
    accounts: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BINANCE_API_SECRET", "wrong")
    settings.cache_clear()
    launched = sync(accounts)
    assert launched.problem is not None
    assert "BadCredentials" in launched.problem
    assert "wrong" not in launched.problem
    asked = accounts.simulator.requests.select(exchange=SPOT, endpoint="account")
    assert len(asked) == 1  # no retry storm
    assert latest(accounts, Exchange.GATEIO_SPOT)
    kinds = accounts.rows(
        "SELECT exchange, is_transient FROM collections_named WHERE problem IS NOT NULL"
        " ORDER BY exchange"
    )
    assert kinds == [("BINANCE_FUTURES", False), ("BINANCE_SPOT", False)]


def test_an_exchange_that_is_down_is_asked_three_times_more(accounts: Pipeline) -> None:
    down = Exchange.GATEIO_SPOT
    fault = accounts.simulator.faults.add(Fault(FaultKind.HTTP_500, exchange=down))
    launched = sync(accounts)
    assert launched.problem is not None
    assert down.value in launched.problem
    assert fault.hits == 4 * 3  # three requests each time: ARB_REQUEST_ATTEMPTS of these tests
    assert latest(accounts, SPOT)
    accounts.simulator.faults.remove(fault)
    fault = accounts.simulator.faults.add(Fault(FaultKind.HTTP_500, exchange=down, times=4))
    assert sync(accounts).problem is None
    assert latest(accounts, down)


def test_wrong_rows_are_kept_with_the_reason_and_the_rest_is_stored(accounts: Pipeline) -> None:
    def break_row(asset: str, field: str, value: object, kind: str = "set_field") -> None:
        accounts.simulator.faults.add(
            Fault(
                FaultKind(kind),
                exchange=SPOT,
                endpoint="account",
                row_of=asset,
                field_name=field,
                value=value,
            )
        )

    break_row("ETH", "free", "-1.5")
    break_row("BNB", "free", "NaN")
    break_row("币安人生", "asset", "X" * 70)
    assert sync(accounts).problem is None
    assert set(latest(accounts, SPOT)) == {"BTC", "USDT"}
    refused = accounts.rows(
        "SELECT r.reason, r.payload FROM rejected_records AS r JOIN exchanges AS e"
        " ON r.exchange_id = e.id WHERE data_set = 'balances' AND enum_value = $1 ORDER BY 1",
        SPOT.value,
    )
    assert len(refused) == 3
    reasons = " ".join(reason for reason, _ in refused)
    assert "chk_positive_balances" in reasons
    assert "chk_valid_asset_name" in reasons
    assert any("-1.5" in payload for _, payload in refused)
    # Bybit's envelope is stamped: an hour off, and nothing of it can be believed.
    accounts.simulator.faults.add(
        Fault(
            FaultKind.SHIFT_FIELD,
            company=Company.BYBIT,
            endpoint="account",
            field_name="time",
            value=3_600_000,
        )
    )
    assert sync(accounts).problem is None
    ahead = accounts.rows(
        "SELECT count(*) FROM rejected_records AS r JOIN exchanges AS e ON r.exchange_id = e.id"
        " WHERE enum_value = 'BYBIT_SPOT' AND reason LIKE '%ahead of the time of receipt%'"
    )
    assert ahead[0][0] > 0
