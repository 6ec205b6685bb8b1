"""What tests of the API share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from arb_pipeline.storage.database import Pool
from arb_pipeline_tests.api.serving import served, stock


@pytest.fixture
async def client(database_url: str, pool: Pool) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the API over a database with rows for every question."""
    await stock(pool)
    async with served(database_url) as client:
        yield client
