"""Dagster's launcher, with the answer its run monitoring asks for: does the run's process live?

What belongs here: that one difference to ``DefaultRunLauncher``, named in ``dagster.yaml``. Of it
Dagster 1.13.27 does not ask: a run whose process went together with the code server (a crash of
the machine), or ran in a command that was killed, would stay *started* for ever, and whatever
waits for it (the next beat, the next top-up, repair, retention) would never start again.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from typing import TYPE_CHECKING

from dagster import DagsterRun
from dagster._core.launcher import CheckRunHealthResult, WorkerStatus
from dagster._core.launcher.default_run_launcher import DefaultRunLauncher
from dagster._serdes import deserialize_value

if TYPE_CHECKING:
    from dagster._grpc.client import DagsterGrpcClient

# Which process a run is part of that nobody launched: host, process id, when that process began.
PROCESS_TAG = "arb/process"
_TIMEOUT_SECONDS = 5
# When a process began is told by the system's clock, which may be set while it runs.
_CLOCK_SET_SECONDS = 600


def process_tags() -> Mapping[str, str]:
    """Tags of a run in this process."""
    import psutil

    began = psutil.Process().create_time()
    return {PROCESS_TAG: f"{platform.node()} {os.getpid()} {began:.2f}"}


class Launcher(DefaultRunLauncher):
    """Launches as Dagster does, and knows which runs have lost their process."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Dagster's monitoring ends runs whose process is found to be gone."""
        return True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """Whether the run's process lives; where nobody can tell, it is taken to."""
        process = run.tags.get(PROCESS_TAG)
        if process is not None:
            return _found(_lives(process), f"process {process}")
        client = self._get_grpc_client_for_termination(run.run_id)  # type: ignore[no-untyped-call]
        if client is None:
            return _found(True, "a process that is not known")
        return _found(_is_executed(client, run.run_id), "its process in the code server")


def _found(is_there: bool, what: str) -> CheckRunHealthResult:
    if is_there:
        return CheckRunHealthResult(WorkerStatus.RUNNING)
    return CheckRunHealthResult(WorkerStatus.NOT_FOUND, f"{what} is gone")


def _lives(process: str) -> bool:
    import psutil

    host, number, began = process.rsplit(" ", 2)
    if host != platform.node():
        return True
    try:
        found = psutil.Process(int(number))
        # Numbers are used again.
        is_same = abs(found.create_time() - float(began)) < _CLOCK_SET_SECONDS
        return is_same and found.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _is_executed(client: DagsterGrpcClient, run_id: str) -> bool:
    from dagster._core.errors import DagsterUserCodeUnreachableError
    from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult

    try:
        answer = client.can_cancel_execution(
            CanCancelExecutionRequest(run_id=run_id), timeout=_TIMEOUT_SECONDS
        )
    except DagsterUserCodeUnreachableError:
        return True  # it is being started: its next answer counts
    return deserialize_value(answer, CanCancelExecutionResult).can_cancel
