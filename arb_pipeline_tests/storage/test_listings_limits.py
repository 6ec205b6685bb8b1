"""What an order must be worth or hold is stored as told, and a change of it is a change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.listings import SyncReport
from arb_pipeline_tests.storage.test_listings import DAY_1, DAY_2, UNIVERSE, row, sync


@pytest.mark.parametrize("name", ["min_quantity", "min_notional"])
async def test_a_limit_that_changes_is_stored(pool: Pool, name: str) -> None:
    await sync(pool, UNIVERSE, DAY_1)
    assert (await row(pool, "BTC_USDT"))[name] is None
    limit: dict[str, Any] = {name: "5.250"}
    told = replace(UNIVERSE[0], **limit)
    for expected in (SyncReport(changed=["BTC_USDT"], unchanged=5), SyncReport(unchanged=6)):
        assert await sync(pool, [told, *UNIVERSE[1:]], DAY_2) == expected
    assert str((await row(pool, "BTC_USDT"))[name]) == "5.250"
