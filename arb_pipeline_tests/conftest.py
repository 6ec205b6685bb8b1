"""Fixtures every test may use; each family lives in its own module."""

import os

# Partitions are laid out when definitions are imported; recordings reach back to 2019.
os.environ["ARB_HISTORY_START"] = "2019-01-01"
# A developer's own settings and keys are none of the tests' business.
os.environ["ARB_ENV_FILE"] = os.devnull

pytest_plugins = [
    "arb_pipeline_tests.fixtures.database",
    "arb_pipeline_tests.fixtures.directories",
    "arb_pipeline_tests.fixtures.machine",
    "arb_pipeline_tests.fixtures.receiver",
    "arb_pipeline_tests.fixtures.simulator",
]
