"""How far back history is wanted, per data set: settings, horizons, accounts, retention."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from arb_pipeline.defs.history.wanted import collected, lines
from arb_pipeline.exchanges.catalog import CAPABILITIES
from arb_pipeline.model import DAY_MS, DataSet, Exchange
from arb_pipeline.settings import ConfigurationError, load_settings, settings
from arb_pipeline.storage.history import LAG_MS
from arb_pipeline.storage.registrations import Registration

NOW = 1_767_225_600_000 + 13 * 3_600_000  # 2026-01-01 13:00
TODAY = NOW // DAY_MS * DAY_MS
SPOT, FUTURES, MEXC = Exchange.BYBIT_SPOT, Exchange.BYBIT_FUTURES, Exchange.MEXC_SPOT
GATE = Exchange.GATEIO_SPOT
Set = Callable[..., None]


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Set]:
    """Changes settings; the simulator's own accounts are out of the way."""

    def change(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()

    change(ARB_SIMULATOR="false")
    yield change
    settings.cache_clear()


def days(exchange: Exchange) -> dict[str, int]:
    return {one.data_set: one.days for one in collected([exchange], NOW)}


def line_of(exchange: Exchange, data_set: DataSet, days_back: int) -> tuple[int, int, int]:
    """Minutes before now: what can be had, what is wanted from when to when."""
    timeframe = "1m" if data_set is DataSet.CANDLES else ""
    of = Registration(
        1, exchange, "BTCUSDT", data_set.value, timeframe, TODAY - days_back * DAY_MS, True
    )
    (line,) = lines([of], NOW)
    instants = (line.reach, line.wanted.start, line.wanted.end)
    reach, start, end = ((NOW - instant) // 60_000 for instant in instants)
    return reach, start, end


def test_each_data_set_has_its_depth(setting: Set) -> None:
    assert days(MEXC) == {"candles": 30, "trades": 1}
    # Retention drops predicted rates only: what was paid goes back as far as candles do.
    assert days(FUTURES) == {"candles": 30, "trades": 1, "funding_rates": 30}
    setting(ARB_BACKFILL_DAYS="90", ARB_TRADES_BACKFILL_DAYS="5", MEXC_API_KEY="k")
    assert days(FUTURES)["funding_rates"] == 90
    assert days(MEXC) == {"candles": 90, "trades": 5}  # half an account is none
    setting(MEXC_API_SECRET="s", ARB_KEEP_DAYS="trade_snapshots=60")
    assert days(MEXC) == {"candles": 90, "trades": 5, "account_trades": 30}
    setting(ARB_TRADES_BACKFILL_DAYS="50")
    assert days(GATE) == {"candles": 7, "trades": 30}  # as far back as it serves
    setting(ARB_COMPLETED="funding_rates")
    assert days(MEXC) == {}


def test_nothing_that_retention_drops_is_wanted(setting: Set) -> None:
    setting(ARB_REPAIR_GRACE_MINUTES="15")
    week = 7 * 24 * 60
    assert line_of(SPOT, DataSet.TRADES, 1) == (week, (24 + 13) * 60, 15)
    # Registered long ago: what was wanted then is gone.
    assert line_of(SPOT, DataSet.TRADES, 100) == (week, week, 15)
    # Funding is topped up once an hour, and never dropped.
    since = (100 * 24 + 13) * 60
    assert line_of(FUTURES, DataSet.FUNDING_RATES, 100)[1:] == (since, 150)
    of = Registration(1, SPOT, "BTCUSDT", "account_trades", "", TODAY, True)
    assert lines([of], NOW) == []  # there is no account any more


@pytest.mark.parametrize(
    ("keep", "depth", "is_refused"),
    [("trade_snapshots=7", "7", True), ("trade_snapshots=7", "6", False), ("", "400", False)],
)
def test_trades_that_retention_would_drop_are_refused(
    monkeypatch: pytest.MonkeyPatch, keep: str, depth: str, *, is_refused: bool
) -> None:
    monkeypatch.setenv("ARB_KEEP_DAYS", keep)
    monkeypatch.setenv("ARB_TRADES_BACKFILL_DAYS", depth)
    if is_refused:
        words = r"ARB_TRADES_BACKFILL_DAYS: .*less than ARB_KEEP_DAYS keeps of trade_snapshots \(7"
        with pytest.raises(ConfigurationError, match=words):
            load_settings()
    else:
        assert load_settings().trades_backfill_days == int(depth)


def test_only_what_has_a_past_can_be_completed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARB_COMPLETED", "trades,balances")
    with pytest.raises(ConfigurationError, match=r"ARB_COMPLETED: .*balances.* have no past"):
        load_settings()


@pytest.mark.parametrize(
    ("data_set", "topped_up_every"),
    [(DataSet.TRADES, 5), (DataSet.FUNDING_RATES, 60), (DataSet.ACCOUNT_TRADES, 10)],
)
def test_what_the_next_top_up_asks_for_again_is_not_missing_yet(
    data_set: DataSet, topped_up_every: int
) -> None:
    late = max(able.grace_ms for able in CAPABILITIES[data_set].values())
    assert LAG_MS[data_set] > late + topped_up_every * 60_000
