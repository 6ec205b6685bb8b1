"""What our own code says: its lines and its files."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from arb_pipeline import logs
from arb_pipeline.settings import settings
from arb_pipeline_tests.logged import own_logging, written

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
    with own_logging(tmp_path, monkeypatch):
        yield tmp_path


def test_a_line_says_when_how_bad_who_and_what(home: Path) -> None:
    logs.configure("defs").info("%d rows", 3)
    logging.getLogger("arb_pipeline.exchanges").warning("slow")
    logging.getLogger("arb_pipeline.exchanges.clock").error("late")
    logging.getLogger("arb_pipeline").error("nobody's own")
    logging.getLogger("arb_pipeline.storage").debug("not at this level")
    logging.getLogger("elsewhere").error("not ours")
    lines = written(home).splitlines()
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
    assert written(home).count("detail") == 3


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
    assert " 31 yyy" in written(home)
