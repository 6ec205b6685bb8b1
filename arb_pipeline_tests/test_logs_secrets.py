"""What is never in the log: secrets, in whatever form and wherever our own lines show."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from arb_pipeline import logs
from arb_pipeline.settings import settings
from arb_pipeline_tests.logged import own_logging, written

SECRETS = {
    "BINANCE_API_KEY": "key-of-binance",
    "GATEIO_API_SECRET": "secret-of-gate",
    "POSTGRES_PASSWORD": "pa/ss wörd",
    "DATABASE_URL": "postgresql://me:hush%2Fhush@nowhere/db",
    "ARB_WEBHOOK_URL": "https://hooks.example/services/T0000000000000000000",
}
SHOWN = [
    "key-of-binance",
    "secret-of-gate",
    "pa/ss wörd",
    "pa%2Fss%20w%C3%B6rd",
    "hush%2Fhush",
    "hush/hush",
    "https://hooks.example/services/T0000000000000000000",
    "T0000000000000000000",
]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with own_logging(tmp_path, monkeypatch):
        yield tmp_path


@pytest.fixture
def with_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()


def _fail(text: str, cause: Exception | None = None) -> None:
    raise ValueError(text) from cause


@pytest.mark.usefixtures("with_secrets")
@pytest.mark.parametrize("secret", SHOWN)
def test_no_secret_is_written(
    home: Path, secret: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    log = logs.configure("cli")
    log.warning("in the text: %s", f"<{secret}>")
    log.warning("with arguments that do not fit: %d", secret)
    try:
        _fail(f"around {secret}", LookupError(secret))
    except ValueError:
        log.exception("in a traceback")
    log.warning("on the stack", stack_info=True)
    everywhere = written(home) + capsys.readouterr().err + caplog.text
    assert secret not in everywhere
    assert f"<{logs.MASK}>" in written(home)
    assert f"ValueError: around {logs.MASK}" in written(home)
    assert f"LookupError: {logs.MASK}" in written(home)


@pytest.mark.usefixtures("with_secrets")
def test_a_traceback_without_secrets_stays_whole(home: Path) -> None:
    log = logs.configure("defs")
    try:
        _fail("harmless")
    except ValueError:
        log.exception("%s happened", "it")
    assert "it happened\nTraceback (most recent call last):\n" in written(home)
    assert "ValueError: harmless" in written(home)


def test_a_very_short_password_is_hidden_in_addresses_and_does_not_eat_words(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:a@nowhere/db")
    settings.cache_clear()
    logs.configure("cli").warning("cannot reach postgresql://me:a@nowhere/db")
    assert f"cannot reach postgresql://me{logs.MASK}nowhere/db" in written(home)


@dg.op
def _talking() -> None:
    logging.getLogger("arb_pipeline.exchanges").warning("asked twice with key-of-binance")
    logging.getLogger("arb_pipeline.exchanges").debug("too much detail")


@dg.job(executor_def=dg.in_process_executor)
def _talk() -> None:
    _talking()


@pytest.mark.usefixtures("with_secrets")
def test_our_lines_show_in_the_log_of_a_run_without_secrets(home: Path) -> None:
    logs.configure("defs")
    ours = {"python_logs": {"managed_python_loggers": ["arb_pipeline"]}}
    with dg.instance_for_test(overrides=ours) as instance:
        result = _talk.execute_in_process(instance=instance)
        told = [entry.user_message for entry in instance.all_logs(result.run_id)]
    assert f"asked twice with {logs.MASK}" in told
    assert "too much detail" not in told
    assert f"WARNING exchanges asked twice with {logs.MASK}\n" in written(home)
