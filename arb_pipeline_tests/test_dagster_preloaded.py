"""Runs begin with everything imported, as copies of a process that holds nothing to be shared."""

from __future__ import annotations

import multiprocessing
import os
import sys
from multiprocessing.connection import Connection

import psutil
import pytest


def look(answer: Connection) -> None:
    """In a copy: what is there already, and what the process it is a copy of holds open."""
    original = psutil.Process(os.getppid())
    answer.send(
        {
            "imported": "arb_pipeline.definitions" in sys.modules,
            "threads": original.num_threads(),
            "files": [file.path for file in original.open_files()],
            "sockets": [str(one.laddr) for one in original.net_connections(kind="inet")],
        }
    )


@pytest.mark.slow
def test_a_copy_has_everything_and_shares_no_file_socket_or_thread() -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["arb_pipeline.dagster_preloaded"])
    here, there = context.Pipe()
    process = context.Process(target=look, args=[there])
    process.start()
    assert here.poll(60)
    found = here.recv()
    process.join()
    assert process.exitcode == 0
    assert found == {"imported": True, "threads": 1, "files": [], "sockets": []}
