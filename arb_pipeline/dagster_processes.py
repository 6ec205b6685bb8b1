"""Dagster's own processes: how they are run, and whether they work.

What belongs here: commands of webserver and daemon, and asking the webserver. What does not:
keeping them running (``processes``), and what Dagster is to do (``defs``).
"""

from __future__ import annotations

import json
import sys
import urllib.request
from pathlib import Path
from typing import Any

from arb_pipeline.processes import Child

_LOCATIONS = """{ workspaceOrError { __typename
  ... on Workspace { locationEntries { name locationOrLoadError { __typename
    ... on PythonError { message } } } }
  ... on PythonError { message } } }"""


def children(host: str, port: int, workspace: Path) -> list[Child]:
    """The processes to start, in this order."""
    return [
        Child(
            "dagster-webserver",
            [sys.executable, "-m", "dagster_webserver",
             "--host", host, "--port", str(port), "--workspace", str(workspace)],
            ready=lambda: serves(host, port),
        ),
        Child(
            "dagster-daemon",
            [sys.executable, "-m", "dagster._daemon", "run", "--workspace", str(workspace)],
        ),
    ]  # fmt: skip


def address(host: str, port: int) -> str:
    """Where a browser on this machine finds the webserver."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104
    return f"http://{reachable}:{port}"


def serves(host: str, port: int) -> bool:
    """Whether the webserver answers."""
    try:
        with urllib.request.urlopen(  # noqa: S310 - our own address
            f"{address(host, port)}/server_info", timeout=5
        ) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def problem(host: str, port: int) -> str | None:
    """Why Dagster could not load the project; None if it did.

    Raises:
        OSError: the webserver does not answer.
    """
    request = urllib.request.Request(  # noqa: S310 - our own address
        f"{address(host, port)}/graphql",
        data=json.dumps({"query": _LOCATIONS}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        workspace: dict[str, Any] = json.load(answer)["data"]["workspaceOrError"]
    if "message" in workspace:
        return str(workspace["message"])
    for entry in workspace.get("locationEntries", []):
        found = entry["locationOrLoadError"] or {}
        if "message" in found:
            return f"{entry['name']}: {found['message'].strip()}"
    return None
