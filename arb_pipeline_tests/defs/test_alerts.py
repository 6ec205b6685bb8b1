"""Who is told what: real rows, a real receiver, the sensor's own cursor from tick to tick."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import dagster as dg
import pytest

from arb_pipeline import settings as settings_module
from arb_pipeline.defs.monitoring import monitoring_sensors
from arb_pipeline.defs.monitoring.alerts import alerts
from arb_pipeline.defs.monitoring.outages import Outages, news, observe, told
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.model import Exchange, now_ms
from arb_pipeline.ports import any_free_port
from arb_pipeline.storage.collections import Collection
from arb_pipeline_tests.defs.snapshot_rows import Snapshots
from arb_pipeline_tests.fixtures.receiver import Reply, WebhookReceiver

MEXC, BYBIT, GATE, BINANCE = (
    Exchange.MEXC_SPOT, Exchange.BYBIT_SPOT, Exchange.GATEIO_SPOT, Exchange.BINANCE_FUTURES
)  # fmt: skip
TOKEN = "/services/T0/B0/hush-hush-hush-hush-hush"
MINUTE = 60_000
SETTLE = 25_000
Tick = Callable[[], str]


@pytest.fixture
def tick(
    rows: Snapshots, receiver: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Tick]:
    """One evaluation of the sensor; its cursor goes on. Gives what the UI shows of the tick."""
    monkeypatch.setenv("ARB_WEBHOOK_URL", receiver.url + TOKEN)
    monkeypatch.setenv("ARB_PUBLIC_URL", "https://dagster.example/")
    settings_module.settings.cache_clear()
    cursor: str | None = None
    with dg.DagsterInstance.ephemeral() as instance:

        def evaluate() -> str:
            nonlocal cursor
            database = {"database": DatabaseResource()}
            with dg.build_sensor_context(instance, cursor, resources=database) as context:
                tick = alerts.evaluate_tick(context)
            assert not tick.run_requests
            cursor = tick.cursor
            return tick.skip_message or ""

        yield evaluate


class Beats:
    """Beats one minute apart, the last of them long enough ago to be settled."""

    def __init__(self, rows: Snapshots) -> None:
        self._rows = rows
        self._moment = now_ms() - 30 * MINUTE

    def beat(self, problems: Mapping[Exchange, str], *assets: str, transient: bool = True) -> None:
        """One more beat, of the exchanges with a problem or (empty) none."""
        self._moment += MINUTE
        self.add(problems, *assets, transient=transient)

    def add(self, problems: Mapping[Exchange, str], *assets: str, transient: bool = True) -> None:
        """More of the same beat."""
        self._rows.collected(
            Collection(
                exchange, asset, self._moment, self._moment, 10, problem=problem or None,
                is_transient=bool(problem) and transient, run_id="0f-run",
            )
            for exchange, problem in problems.items()
            for asset in assets
        )  # fmt: skip


FINE = dict.fromkeys((MEXC, BYBIT, GATE, BINANCE), "")
SICK = {
    **FINE,
    MEXC: "MEXC_SPOT: Unreachable: internal error (HTTP 500)",
    BYBIT: "BYBIT_SPOT: Unreachable: no answer within 15 s",
    GATE: "GATEIO_SPOT: Banned: too many requests (HTTP 418), retry after 120 s",
}


def test_three_outages_are_three_messages_down_and_three_up(
    rows: Snapshots, receiver: WebhookReceiver, tick: Tick
) -> None:
    beats = Beats(rows)
    beats.beat(FINE, "book_tickers", "tickers", "balances")
    assert tick() == "0 down; no news"
    for _ in range(3):
        beats.beat(SICK, "book_tickers")
        tick()  # the rest of the beat is stored while the sensor looks
        beats.add(SICK, "tickers")
        assert tick().startswith("3 down; ")
        tick()
    beats.beat(SICK, "balances")
    assert tick() == "3 down; no news"
    assert len(receiver.texts) == 3
    beats.beat(FINE, "book_tickers")
    tick()
    beats.add(FINE, "tickers")
    assert tick() == "3 down; no news"  # balances were down too, and are not back
    beats.beat(FINE, "balances")
    assert tick() == "0 down; 3 message(s) posted"
    beats.beat(FINE, "book_tickers", "tickers", "balances")
    assert tick() == "0 down; no news"
    titles = [text.splitlines()[0] for text in receiver.texts]
    assert sorted(titles[:3]) == ["DOWN BYBIT_SPOT", "DOWN GATEIO_SPOT", "DOWN MEXC_SPOT"]
    assert sorted(titles[3:]) == [
        f"UP {one}, after 5 min" for one in ("BYBIT_SPOT", "GATEIO_SPOT", "MEXC_SPOT")
    ]
    down = next(text for text in receiver.texts if text.startswith("DOWN GATEIO_SPOT"))
    assert "HTTP 418" in down
    assert down.splitlines()[-1] == "https://dagster.example/runs/0f-run"
    up = next(text for text in receiver.texts if text.startswith("UP GATEIO_SPOT"))
    assert "assets: balances, book_tickers, tickers" in up


def test_what_only_a_person_can_mend_is_told_per_asset(
    rows: Snapshots, receiver: WebhookReceiver, tick: Tick
) -> None:
    beats = Beats(rows)
    wrong = {MEXC: "MEXC_SPOT: BadCredentials: signature is not valid"}
    beats.beat(wrong, "balances", transient=False)
    beats.add({MEXC: ""}, "book_tickers")
    tick()
    beats.beat({MEXC: "MEXC_SPOT: Unreachable: gone"}, "balances", "book_tickers")
    tick()
    beats.beat({MEXC: ""}, "book_tickers", "balances")
    tick()
    titles = [text.splitlines()[0] for text in receiver.texts]
    assert titles == [
        "DOWN MEXC_SPOT balances",
        "DOWN MEXC_SPOT",
        "UP MEXC_SPOT balances, after 2 min",
        "UP MEXC_SPOT, after 1 min",
    ]


def test_refused_rows_are_told_of(rows: Snapshots, receiver: WebhookReceiver, tick: Tick) -> None:
    at = now_ms() - MINUTE
    rows.collected([Collection(MEXC, "tickers", at, at, 10, row_count=3, rejected=2)])
    tick()
    (text,) = receiver.texts
    assert text.startswith("DOWN MEXC_SPOT tickers\n")
    assert "2 rows were refused" in text


def test_a_webhook_that_fails_is_asked_again_and_loses_nothing(
    rows: Snapshots, receiver: WebhookReceiver, tick: Tick, caplog: pytest.LogCaptureFixture
) -> None:
    beats = Beats(rows)
    beats.beat(SICK, "book_tickers")
    receiver.say(Reply(500))
    with caplog.at_level(logging.WARNING, "arb_pipeline"):
        assert tick() == (
            "3 down; the webhook answered HTTP 500: 3 message(s) wait for the next tick"
        )
    assert len(caplog.records) == 1
    assert "hush" not in caplog.text
    beats.beat(FINE, "book_tickers")
    receiver.requests.clear()
    receiver.say(Reply(500), Reply(503), Reply(200))
    assert tick() == "0 down; 6 message(s) posted"
    assert len(receiver.requests) == 8
    titles = [text.split(",")[0].splitlines()[0] for text in receiver.texts[2:]]
    assert sorted(titles) == sorted(
        f"{word} {one}" for word in ("DOWN", "UP") for one in (MEXC, BYBIT, GATE)
    )


def test_without_a_webhook_the_state_is_kept(
    rows: Snapshots,
    receiver: WebhookReceiver,
    tick: Tick,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ARB_WEBHOOK_URL")
    settings_module.settings.cache_clear()
    beats = Beats(rows)
    beats.beat(SICK, "book_tickers")
    assert tick() == "3 down; nobody is told: ARB_WEBHOOK_URL is not set"
    beats.beat({**SICK, GATE: ""}, "book_tickers")
    assert tick().startswith("2 down; ")
    monkeypatch.setenv("ARB_WEBHOOK_URL", receiver.url + TOKEN)
    settings_module.settings.cache_clear()
    assert tick() == "2 down; 2 message(s) posted"
    assert "GATEIO" not in "".join(receiver.texts)


def test_no_secret_is_posted(
    rows: Snapshots,
    receiver: WebhookReceiver,
    tick: Tick,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MEXC_API_KEY", "mx0-public-part")
    monkeypatch.setenv("MEXC_API_SECRET", "s3cr3t/of ours")
    settings_module.settings.cache_clear()
    problem = "no key mx0-public-part with s3cr3t%2Fof%20ours, see " + TOKEN
    Beats(rows).beat({MEXC: problem}, "tickers")
    tick()
    (text,) = receiver.texts
    assert "no key *** with ***, see " in text
    for secret in ("mx0", "s3cr3t", "hush"):
        assert secret not in text


def test_a_database_that_is_away_changes_nothing(
    rows: Snapshots,
    receiver: WebhookReceiver,
    tick: Tick,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    beats = Beats(rows)
    beats.beat(SICK, "book_tickers")
    tick()
    with monkeypatch.context() as away:
        nowhere = f"postgresql://me:hush-hush@127.0.0.1:{any_free_port('127.0.0.1')}/db"
        away.setenv("DATABASE_URL", nowhere)
        settings_module.settings.cache_clear()
        assert tick() == "the database is away (ConfigurationError)"
    settings_module.settings.cache_clear()
    assert tick() == "3 down; no news"
    assert len(receiver.texts) == 3


def _titles(outages: Outages, now: int) -> list[str]:
    found = []
    for one in news(outages, now, SETTLE, "http://ui"):
        found.append(one.message.title)
        told(outages, one)
    return found


def _one(exchange: Exchange, asset: str, moment: int, problem: str | None = None) -> Any:
    return Collection(exchange, asset, moment, problem=problem, is_transient=problem is not None)


def test_a_beat_that_is_not_settled_is_waited_for() -> None:
    start = 1_000 * MINUTE
    sick = _one(MEXC, "tickers", start, "gone")
    outages = observe({}, [sick], [MEXC])
    assert _titles(outages, start + SETTLE - 1) == []
    assert _titles(outages, start + SETTLE) == ["DOWN MEXC_SPOT"]
    # Up, says the first asset of the next beat; down, says the second.
    outages = observe(outages, [_one(MEXC, "tickers", start + MINUTE)], [MEXC])
    assert _titles(outages, start + MINUTE + SETTLE - 1) == []
    again = [
        _one(MEXC, "tickers", start + MINUTE), _one(MEXC, "book_tickers", start + MINUTE, "gone")
    ]  # fmt: skip
    outages = observe(outages, again, [MEXC])
    assert _titles(outages, start + 10 * MINUTE) == []
    # However many beats follow, the first that was well counts.
    for beat in range(2, 4):
        well = [replace(one, moment=start + beat * MINUTE, problem=None, is_transient=False)
                for one in again]  # fmt: skip
        outages = observe(outages, well, [MEXC])
    assert _titles(outages, start + 2 * MINUTE + SETTLE) == ["UP MEXC_SPOT, after 2 min"]
    assert outages == {}


def test_what_is_rarely_asked_for_does_not_hold_an_outage_open() -> None:
    start = 1_000 * MINUTE
    rare = _one(MEXC, "symbols", start, "gone")
    outages = observe({}, [rare, _one(MEXC, "tickers", start, "gone")], [MEXC])
    assert _titles(outages, start + MINUTE) == ["DOWN MEXC_SPOT"]
    outages = observe(outages, [rare, _one(MEXC, "tickers", start + 29 * MINUTE)], [MEXC])
    assert _titles(outages, start + 30 * MINUTE) == []
    outages = observe(outages, [rare, _one(MEXC, "tickers", start + 30 * MINUTE)], [MEXC])
    assert _titles(outages, start + 31 * MINUTE) == ["UP MEXC_SPOT, after 30 min"]


def test_no_evidence_changes_nothing_and_who_is_disabled_is_forgotten() -> None:
    outages = observe({}, [_one(MEXC, "tickers", 5 * MINUTE, "gone")], [MEXC, BYBIT])
    assert observe(outages, [], [MEXC, BYBIT]) == outages
    assert observe(outages, [], [BYBIT]) == {}


def test_the_sensors_run_by_default() -> None:
    assert {one.name: one.default_status for one in monitoring_sensors} == {
        "alerts": dg.DefaultSensorStatus.RUNNING,
        "run_failures": dg.DefaultSensorStatus.RUNNING,
    }
    assert alerts.minimum_interval_seconds == 15
