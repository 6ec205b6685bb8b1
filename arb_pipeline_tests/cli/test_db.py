"""``arb-pipeline db …``, on a server of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from arb_pipeline.cli.app import app
from arb_pipeline.environment import local_server
from arb_pipeline.settings import ConfigurationError, load_settings
from arb_pipeline.settings import settings as process_settings


@pytest.fixture(autouse=True)
def home(server_directory: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An ``ARB_HOME`` of its own with nothing configured; its server is stopped in the end."""
    for name in ("DATABASE_URL", "POSTGRES_HOST", "ARB_SIMULATOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ARB_HOME", str(server_directory / "home"))
    process_settings.cache_clear()
    server = local_server(load_settings())
    yield
    process_settings.cache_clear()
    server.stop()


def db(*arguments: str) -> tuple[int, str]:
    process_settings.cache_clear()
    result = CliRunner().invoke(app, ["db", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def psql(*arguments: str) -> str:
    """As a process, because it becomes psql."""
    done = subprocess.run(
        [sys.executable, "-m", "arb_pipeline", "db", "psql", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_life_of_the_server() -> None:
    assert db("status")[0] == 3
    assert db("start")[0] == 0
    code, text = db("status")
    assert code == 0
    assert "yes, process" in text
    code, url = db("url")
    assert url.startswith("postgresql://")
    assert url.count("\n") == 1
    assert url.strip() in "".join(text.split())
    assert psql("-Atc", "SELECT current_database(), 6 * 7") == "arb_pipeline_simulator|42\n"
    assert db("stop") == (0, "stopped\n")
    assert db("stop") == (0, "it was not running\n")
    assert db("status")[0] == 3


def test_a_configured_database_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    url = db("url")[1].strip()
    monkeypatch.setenv("DATABASE_URL", url.replace("postgres@", "postgres:secret@", 1))
    assert psql("-Atc", "SELECT 1") == "1\n"
    for command in ("start", "stop"):
        with pytest.raises(ConfigurationError, match="DATABASE_URL") as refused:
            db(command)
        assert "secret" not in str(refused.value)
    code, text = db("status")
    assert code == 0
    assert "secret" not in text


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="reads the list of processes")
def test_psql_hides_the_password_from_the_list_of_processes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = db("url")[1].strip()
    monkeypatch.setenv("DATABASE_URL", url.replace("postgres@", "postgres:s%3Acret@", 1))
    seen = psql("-Atc", r"\! tr '\0' ' ' < /proc/$PPID/cmdline; echo; echo $PGPASSWORD")
    command_line, password = seen.splitlines()
    assert "psql --dbname postgresql://postgres@/" in command_line
    assert "cret" not in command_line
    assert password == "s:cret"
    assert "PGPASSWORD" not in os.environ
