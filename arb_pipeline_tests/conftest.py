"""Fixtures every test may use; each family lives in its own module."""

import os
import sys

import hypothesis
import pytest

# Tests start hundreds of processes. Where bytecode may not be kept, each of them would compile
# everything it imports, for longer than it then works.
os.environ["PYTHONDONTWRITEBYTECODE"] = ""
sys.dont_write_bytecode = False
# Partitions are laid out when definitions are imported; recordings reach back to 2019.
os.environ["ARB_HISTORY_START"] = "2019-01-01"
# A developer's own settings and keys are none of the tests' business.
os.environ["ARB_ENV_FILE"] = os.devnull

# How long an example takes says more of the machine than of the code.
hypothesis.settings.register_profile(
    "tests", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("tests")

pytest_plugins = [
    "arb_pipeline_tests.fixtures.database",
    "arb_pipeline_tests.fixtures.directories",
    "arb_pipeline_tests.fixtures.machine",
    "arb_pipeline_tests.fixtures.receiver",
    "arb_pipeline_tests.fixtures.simulator",
]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let every worker begin with its share of what takes long, which it would end with alone."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    slow = [item for item in items if item.get_closest_marker("slow") is not None]
    slow.sort(key=lambda item: item.get_closest_marker("browser") is None)  # minutes, not seconds
    quick = [item for item in items if item.get_closest_marker("slow") is None]
    # Work is handed out in as many stretches as there are workers.
    items[:] = [
        item
        for worker in range(workers)
        for item in (
            *slow[worker::workers],
            *quick[worker * len(quick) // workers : (worker + 1) * len(quick) // workers],
        )
    ]
