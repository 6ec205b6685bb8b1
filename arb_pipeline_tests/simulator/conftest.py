"""Fixtures of this room."""

from __future__ import annotations

import pytest

from arb_pipeline.simulator import Simulator
from arb_pipeline_tests.simulator.asking import NOW


@pytest.fixture
def offline() -> Simulator:
    """A simulator that is not served, at a fixed instant; for tests without a socket."""
    simulator = Simulator()
    simulator.clock.freeze(NOW)
    return simulator
