"""Fixtures of this room."""

from __future__ import annotations

import time

import pytest

from arb_pipeline.simulator import Simulator
from arb_pipeline.simulator.limits import Limits
from arb_pipeline_tests.simulator.asking import NOW


@pytest.fixture
def offline() -> Simulator:
    """A simulator that is not served, at a fixed instant; for tests without a socket.

    No window of its rate limits ends meanwhile, either.
    """
    simulator = Simulator()
    began = time.monotonic()
    simulator.limits = simulator.service.limits = Limits(lambda: began)
    simulator.clock.freeze(NOW)
    return simulator
