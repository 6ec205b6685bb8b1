"""``arb-pipeline api`` as a process: it serves, ends when asked to, and refuses to stand open."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from arb_pipeline.ports import answers, any_free_port
from arb_pipeline_tests.integration.conftest import dagster_database

__all__ = ["dagster_database"]

HOST = "127.0.0.1"


def start(url: str, home: Path, *more: str, **variables: str) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "ARB_SIMULATOR": "false",
        "ARB_HOME": str(home),
        **variables,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "arb_pipeline", "api", *more],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_serves_until_asked_to_stop(
    database_url: str, dagster_database: None, tmp_path: Path
) -> None:
    port = any_free_port(HOST)
    process = start(database_url, tmp_path, "--port", str(port))
    try:
        deadline = time.monotonic() + 60
        while not answers(HOST, port):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        with urllib.request.urlopen(f"http://{HOST}:{port}/balances") as answer:
            assert answer.read() == b'{"data":[],"next":null}'
            assert "server" not in answer.headers
    finally:
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
    assert (out, err) == ("", "")
    assert "Uvicorn running" in (tmp_path / "logs" / "arb_pipeline.log").read_text()


def test_it_does_not_stand_open_to_others(database_url: str, tmp_path: Path) -> None:
    process = start(database_url, tmp_path, "--host", "0.0.0.0")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "set ARB_API_TOKENS" in " ".join(err.split())
    assert "Traceback" not in err
