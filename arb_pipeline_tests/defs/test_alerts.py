"""Who is told what: real rows, a real receiver, the sensor's own cursor from tick to tick."""

from __future__ import annotations

import dagster as dg

from arb_pipeline.defs.monitoring import monitoring_sensors
from arb_pipeline.defs.monitoring.alerts import alerts
from arb_pipeline.model import now_ms
from arb_pipeline.storage.collections import Collection
from arb_pipeline_tests.defs.snapshot_rows import Snapshots
from arb_pipeline_tests.defs.watching import FINE, MEXC, MINUTE, SICK, Beats, Tick
from arb_pipeline_tests.fixtures.receiver import WebhookReceiver


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


def test_the_sensors_run_by_default() -> None:
    assert {one.name: one.default_status for one in monitoring_sensors} == {
        "alerts": dg.DefaultSensorStatus.RUNNING,
        "run_failures": dg.DefaultSensorStatus.RUNNING,
    }
    assert alerts.minimum_interval_seconds == 15
