"""A run whose process is gone ends, so that nothing waits for it for ever."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.tags import GRPC_INFO_TAG
from dagster._core.test_utils import create_run_for_test, create_test_daemon_workspace_context
from dagster._core.workspace.load_target import EmptyWorkspaceTarget
from dagster._daemon import get_default_daemon_logger
from dagster._daemon.monitoring.run_monitoring import execute_run_monitoring_iteration
from dagster_shared.yaml_utils import load_yaml_from_path

from arb_pipeline.dagster_launcher import PROCESS_TAG, process_tags
from arb_pipeline.environment import project_file


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """An instance that watches runs as the project's own does."""
    configured = load_yaml_from_path(str(project_file("dagster.yaml")))
    assert isinstance(configured, dict)
    watched = {name: configured[name] for name in ("run_launcher", "run_monitoring")}
    with dg.instance_for_test(temp_dir=str(tmp_path), overrides=watched) as made:
        yield made


def monitor(instance: dg.DagsterInstance, tags: dict[str, str]) -> dg.DagsterRunStatus:
    """What a started run with some tags is after one look at it."""
    started = dg.DagsterRunStatus.STARTED
    run = create_run_for_test(instance, job_name="top_up", status=started, tags=tags)
    with ExitStack() as stack:
        workspace = stack.enter_context(
            create_test_daemon_workspace_context(EmptyWorkspaceTarget(), instance)
        )
        logger = get_default_daemon_logger("monitoring")
        assert not any(execute_run_monitoring_iteration(workspace, logger))
    found = instance.get_run_by_id(run.run_id)
    assert found is not None
    return found.status


def test_a_run_ends_with_the_process_it_was_part_of(instance: dg.DagsterInstance) -> None:
    own = dict(process_tags())
    host, number, began = own[PROCESS_TAG].rsplit(" ", 2)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for process, is_gone in (
        (own[PROCESS_TAG], False),
        (f"{host} {ended.pid} {began}", True),
        (f"{host} {number} 1.00", True),  # another process has its number by now
        (f"elsewhere {ended.pid} {began}", False),  # of which nothing is known here
    ):
        status = monitor(instance, {PROCESS_TAG: process})
        assert (status is dg.DagsterRunStatus.FAILURE) == is_gone, process


def test_a_run_the_code_server_knows_nothing_of_ends(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    address, code = tmp_path / "code.sock", tmp_path / "code.py"
    code.write_text("import dagster as dg\ndefs = dg.Definitions()\n")
    tags = {GRPC_INFO_TAG: json.dumps({"host": "localhost", "socket": str(address)})}
    # Nobody answers: that is no reason to end it.
    assert monitor(instance, tags) is dg.DagsterRunStatus.STARTED
    server = subprocess.Popen(
        [sys.executable, "-m", "dagster", "api", "grpc", "--socket", str(address),
         "--python-file", str(code), "--log-level", "error"],
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while not answers(address):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert monitor(instance, tags) is dg.DagsterRunStatus.FAILURE
    finally:
        # Dagster does with SIGTERM what it does with SIGINT: nothing, below a shell's background.
        server.kill()
        server.wait()


def answers(address: Path) -> bool:
    with closing(socket.socket(socket.AF_UNIX)) as connection:
        return connection.connect_ex(str(address)) == 0
