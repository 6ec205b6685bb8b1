from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from arb_pipeline.exchanges import Exchanges
from arb_pipeline_tests.exchanges.scripted import Scripted, exchanges_at, scripted_server


@pytest.fixture
async def script() -> AsyncIterator[Scripted]:
    async with scripted_server() as server:
        yield server


@pytest.fixture
async def exchanges(script: Scripted) -> AsyncIterator[Exchanges]:
    async with exchanges_at(script.url) as opened:
        yield opened
