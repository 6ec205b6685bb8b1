"""Runs begin with everything imported, as copies of a process that holds nothing to be shared."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys

import psutil
import pytest


def look() -> None:
    """In a copy: what is there already, and what the process it is a copy of holds open."""
    original = psutil.Process(os.getppid())
    found = {
        "imported": "arb_pipeline.definitions" in sys.modules,
        "threads": original.num_threads(),
        "files": [file.path for file in original.open_files()],
        "sockets": [str(one.laddr) for one in original.net_connections(kind="inet")],
    }
    print(json.dumps(found))


@pytest.mark.slow
def test_a_copy_has_everything_and_shares_no_file_socket_or_thread() -> None:
    """In a Python of its own: a process has one such original, and other tests have theirs."""
    said = subprocess.run(
        [sys.executable, "-m", __name__], capture_output=True, text=True, timeout=120, check=True
    )
    assert json.loads(said.stdout) == {"imported": True, "threads": 1, "files": [], "sockets": []}


if __name__ == "__main__":
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["arb_pipeline.dagster_preloaded"])
    process = context.Process(target=look)
    process.start()
    process.join()
    sys.exit(process.exitcode)
