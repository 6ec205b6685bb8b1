"""What an exchange publishes late is not missed: its time is asked for until it has settled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from arb_pipeline.defs.launch import materialize_history
from arb_pipeline.defs.partitions import ExchangeDay
from arb_pipeline.model import DAY_MS, Company, Exchange, Interval, iso
from arb_pipeline.settings import settings
from arb_pipeline.simulator import Fault, FaultKind
from arb_pipeline_tests.integration.conftest import Pipeline

MINUTE, HOUR = 60_000, 3_600_000
TODAY = 1_741_003_200_000 // DAY_MS * DAY_MS  # 2025-03-03
FUTURES, SPOT = Exchange.BYBIT_FUTURES, Exchange.BYBIT_SPOT
KNOWN = "SELECT max(upper(present)) AT TIME ZONE 'UTC' FROM coverage WHERE data_set = $1"


@pytest.fixture
def account(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipeline]:
    """An account at Bybit."""
    pipeline.simulator.accounts[Company.BYBIT] = ("key", "secret")
    monkeypatch.setenv("BYBIT_API_KEY", "key")
    monkeypatch.setenv("BYBIT_API_SECRET", "secret")
    settings.cache_clear()
    yield pipeline
    settings.cache_clear()


def top_up(pipeline: Pipeline, asset: str, exchange: Exchange, now: int) -> int:
    """Materialize today at a moment; how many requests that took."""
    pipeline.simulator.clock.freeze(now)
    before = len(pipeline.simulator.requests.select(exchange=exchange))
    launched = materialize_history(pipeline.instance, asset, [ExchangeDay(exchange, TODAY)])
    assert launched.problem is None, launched.problem
    return len(pipeline.simulator.requests.select(exchange=exchange)) - before


def known(pipeline: Pipeline, data_set: str) -> str:
    """Up to when something is known, to the minute."""
    return f"{pipeline.rows(KNOWN, data_set)[0][0]:%H:%M}"


def test_a_payment_that_is_published_late_is_stored_by_the_next_top_up(pipeline: Pipeline) -> None:
    pipeline.track(FUTURES, "BTC/USDT")
    paid = "SELECT timestamp FROM funding_rate_snapshots WHERE is_settled ORDER BY 1"
    top_up(pipeline, "funding_rate_history", FUTURES, TODAY + 15 * HOUR)
    assert known(pipeline, "funding_rates") == "14:00"
    nothing = Fault(FaultKind.SET_FIELD, endpoint="funding_history", field_name="list", value=[])
    pipeline.simulator.faults.add(nothing)
    top_up(pipeline, "funding_rate_history", FUTURES, TODAY + 16 * HOUR + 9 * MINUTE)
    assert len(pipeline.rows(paid)) == 2
    pipeline.simulator.faults.clear()
    top_up(pipeline, "funding_rate_history", FUTURES, TODAY + 17 * HOUR + 9 * MINUTE)
    times = [f"{time:%H:%M}" for (time,) in pipeline.rows(paid)]
    assert times == ["00:00", "08:00", "16:00"]
    assert known(pipeline, "funding_rates") == "16:09"
    # What came in time is there at once, though its time is asked for again.
    top_up(pipeline, "funding_rate_history", FUTURES, TODAY + DAY_MS - MINUTE)
    missing = "SELECT sum(missing_seconds) > 0 FROM coverage_daily_named WHERE day = $1::text::date"
    assert pipeline.rows(missing, iso(TODAY)[:10]) == [(True,)]
    top_up(pipeline, "funding_rate_history", FUTURES, TODAY + DAY_MS + HOUR)
    assert pipeline.rows(missing, iso(TODAY)[:10]) == [(False,)]
    assert top_up(pipeline, "funding_rate_history", FUTURES, TODAY + DAY_MS + 2 * HOUR) <= 1


def test_a_fill_that_is_listed_late_is_stored_by_the_next_top_up(account: Pipeline) -> None:
    account.track(SPOT, "BTC/USDT")
    noon = TODAY + 12 * HOUR
    made = account.simulator.trade(SPOT, "BTCUSDT", Interval(noon - HOUR, noon - 3 * MINUTE), 20)
    late = next(fill for fill in made if fill.time > noon - 7 * MINUTE)
    account.simulator.set_fills(SPOT, "BTCUSDT", [fill for fill in made if fill is not late])
    count = "SELECT count(*) FROM account_trades"
    top_up(account, "account_trades", SPOT, noon)
    assert account.rows(count) == [(len(made) - 1,)]  # those of the last minutes, too
    assert known(account, "account_trades") == "11:50"
    account.simulator.set_fills(SPOT, "BTCUSDT", made)
    top_up(account, "account_trades", SPOT, noon + 10 * MINUTE)
    assert account.rows(count) == [(len(made),)]
    assert known(account, "account_trades") == "12:00"
