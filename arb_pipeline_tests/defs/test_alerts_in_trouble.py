"""Alerts while the webhook fails, is not there, or the database is away; and no secret in them."""

from __future__ import annotations

import logging

import pytest

from arb_pipeline import settings as settings_module
from arb_pipeline.ports import any_free_port
from arb_pipeline_tests.defs.snapshot_rows import Snapshots
from arb_pipeline_tests.defs.watching import BYBIT, FINE, GATE, MEXC, SICK, TOKEN, Beats, Tick
from arb_pipeline_tests.fixtures.receiver import Reply, WebhookReceiver


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
