"""Dagster's own processes: how they are run, and whether they work.

What belongs here: commands of code server, webserver and daemon, and asking the webserver. What
does not: keeping them running (``processes``), and what Dagster is to do (``defs``).

Webserver and daemon share one code server. Left to themselves each would start its own, and the
daemon anew every minute: 150 MB and a second of computing a minute more.
"""

from __future__ import annotations

import hashlib
import json
import socket
import sys
import tempfile
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

from arb_pipeline.processes import Child

_LOCATIONS = """{ workspaceOrError { __typename
  ... on Workspace { locationEntries { name locationOrLoadError { __typename
    ... on PythonError { message } } } }
  ... on PythonError { message } } }"""


# What an address of a Unix socket may be long, by the smallest of the systems' limits.
_LONGEST_SOCKET = 100
_LOCATION = "arb_pipeline"


def children(host: str, port: int, home: Path) -> list[Child]:
    """The processes to start, in this order.

    Args:
        host: where the webserver listens.
        port: its port.
        home: ``DAGSTER_HOME``; the file that tells webserver and daemon of the code server is
            put there.
    """
    # At the same place every time: Dagster remembers by it which code a backfill belongs to.
    meeting = _socket(home)
    workspace = home / "workspace.yaml"
    workspace.write_text(
        f"load_from:\n  - grpc_server:\n      socket: {json.dumps(str(meeting))}\n"
        f"      location_name: {_LOCATION}\n"
    )
    return [
        Child(
            "dagster-code-server",
            [sys.executable, "-m", "arb_pipeline.dagster_code_server", "api", "grpc",
             "--socket", str(meeting),
             "--module-name", "arb_pipeline.definitions", "--location-name", _LOCATION,
             "--use-python-environment-entry-point", "--log-level", "warning"],
            ready=lambda: _listens(meeting),
        ),
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


def _socket(home: Path) -> Path:
    path = home / "code-server.sock"
    if len(str(path).encode()) <= _LONGEST_SOCKET:
        return path
    name = hashlib.sha256(str(path).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"arb-{name}.sock"


def _listens(path: Path) -> bool:
    with closing(socket.socket(socket.AF_UNIX)) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


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
