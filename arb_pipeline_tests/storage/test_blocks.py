"""What one process was told is what all others know."""

from __future__ import annotations

import asyncpg
import pytest

from arb_pipeline.model import Company, now_ms
from arb_pipeline.storage.blocks import load_blocks, save_block
from arb_pipeline.storage.database import Pool

MINUTE = 60_000


async def test_a_block_lasts_until_its_end_and_the_longer_one_stays(pool: Pool) -> None:
    now = now_ms()
    assert await load_blocks(pool) == {}
    await save_block(pool, Company.BINANCE, now + 2 * MINUTE, "418, Retry-After: 120")
    await save_block(pool, Company.BINANCE, now + MINUTE, "429")
    await save_block(pool, Company.BYBIT, now - 1, "403, over by now")
    assert await load_blocks(pool) == {Company.BINANCE: now + 2 * MINUTE}
    assert (
        await pool.fetchval("SELECT reason FROM company_blocks WHERE company = 'BINANCE'")
        == "418, Retry-After: 120"
    )
    await save_block(pool, Company.BINANCE, now + 5 * MINUTE, "x" * 600 + "\x00")
    await save_block(pool, Company.BYBIT, now + MINUTE, "403")
    assert await load_blocks(pool) == {
        Company.BINANCE: now + 5 * MINUTE,
        Company.BYBIT: now + MINUTE,
    }


async def test_companies_of_newer_code_are_passed_over(pool: Pool) -> None:
    await pool.execute("INSERT INTO company_blocks VALUES ('KRAKEN', now() + INTERVAL '1h', '429')")
    assert await load_blocks(pool) == {}


async def test_a_block_has_a_reason(pool: Pool) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await save_block(pool, Company.MEXC, now_ms(), "")
