"""What our own code says: its lines, its files, and what is never in them."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from arb_pipeline import logs
from arb_pipeline.settings import settings

LINES = 5_000
WRITER = """
import logging, sys
from arb_pipeline.logs import configure
log = configure("storage")
for number in range(int(sys.argv[2])):
    log.info("line %s %06d %s", sys.argv[1], number, "x" * 200)
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An ``ARB_HOME`` of its own; afterwards logging is as it was."""
    root = logging.getLogger(logs.ROOT)
    before = (root.level, list(root.handlers), logging.getLogRecordFactory())
    root.handlers.clear()
    monkeypatch.setenv("ARB_HOME", str(tmp_path))
    settings.cache_clear()
    yield tmp_path
    for handler in root.handlers:
        handler.close()
    root.setLevel(before[0])
    root.handlers[:] = before[1]
    logging.setLogRecordFactory(before[2])
    settings.cache_clear()


def _text(home: Path) -> str:
    return (home / "logs" / logs.FILE).read_text()


def test_a_line_says_when_how_bad_who_and_what(home: Path) -> None:
    logs.configure("defs").info("%d rows", 3)
    logging.getLogger("arb_pipeline.exchanges").warning("slow")
    logging.getLogger("arb_pipeline.exchanges.clock").error("late")
    logging.getLogger("arb_pipeline").error("nobody's own")
    logging.getLogger("arb_pipeline.storage").debug("not at this level")
    logging.getLogger("elsewhere").error("not ours")
    lines = _text(home).splitlines()
    assert [line.partition(" ")[2] for line in lines] == [
        "INFO defs 3 rows",
        "WARNING exchanges slow",
        "ERROR exchanges late",
        "ERROR defs nobody's own",
    ]
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ", line) for line in lines)


def test_the_level_is_a_setting_and_saying_it_twice_does_not_double_lines(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARB_LOG_LEVEL", "DEBUG")
    settings.cache_clear()
    for _ in range(3):
        logs.configure("defs").debug("detail")
    assert _text(home).count("detail") == 3


def test_what_says_nothing_leaves_nothing(home: Path) -> None:
    logs.configure("cli")
    assert list(home.iterdir()) == []


def test_warnings_reach_the_terminal_of_the_command_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure("cli")
    logs.configure("defs")  # as by a command that loads the definitions
    logging.getLogger("arb_pipeline.cli").warning("look here")
    logging.getLogger("arb_pipeline.exchanges").info("only in the file")
    shown = capsys.readouterr().err
    assert "WARNING cli look here" in shown
    assert "only in the file" not in shown


def test_two_processes_that_rotate_at_once_lose_no_line(home: Path) -> None:
    environment = {
        **os.environ,
        "ARB_LOG_FILE_MEGABYTES": "1",
        "ARB_LOG_FILES": "9",
    }
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, name, str(LINES)], env=environment)
        for name in ("a", "b")
    ]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    files = sorted((home / "logs").glob(f"{logs.FILE}*"))
    assert 2 < len(files) <= 9
    assert all(path.stat().st_size < 1_001_000 for path in files)  # a line beyond, at most
    found = re.findall(r" INFO storage line ([ab] \d{6}) x{200}$", _all(files), re.MULTILINE)
    assert sorted(found) == [f"{name} {number:06d}" for name in "ab" for number in range(LINES)]


def _all(files: list[Path]) -> str:
    return "".join(path.read_text() for path in files)


def test_the_oldest_file_goes_when_there_are_enough(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARB_LOG_FILE_MEGABYTES", "1")
    monkeypatch.setenv("ARB_LOG_FILES", "2")
    settings.cache_clear()
    log = logs.configure("storage")
    for number in range(32):
        log.info("%d %s", number, "y" * 100_000)
    files = {path.name for path in (home / "logs").glob(f"{logs.FILE}*")}
    assert files == {logs.FILE, f"{logs.FILE}.1"}
    assert " 31 yyy" in _text(home)


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
    everywhere = _text(home) + capsys.readouterr().err + caplog.text
    assert secret not in everywhere
    assert f"<{logs.MASK}>" in _text(home)
    assert f"ValueError: around {logs.MASK}" in _text(home)
    assert f"LookupError: {logs.MASK}" in _text(home)


@pytest.mark.usefixtures("with_secrets")
def test_a_traceback_without_secrets_stays_whole(home: Path) -> None:
    log = logs.configure("defs")
    try:
        _fail("harmless")
    except ValueError:
        log.exception("%s happened", "it")
    assert "it happened\nTraceback (most recent call last):\n" in _text(home)
    assert "ValueError: harmless" in _text(home)


def test_a_very_short_password_is_hidden_in_addresses_and_does_not_eat_words(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:a@nowhere/db")
    settings.cache_clear()
    logs.configure("cli").warning("cannot reach postgresql://me:a@nowhere/db")
    assert f"cannot reach postgresql://me{logs.MASK}nowhere/db" in _text(home)


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
    assert f"WARNING exchanges asked twice with {logs.MASK}\n" in _text(home)
