"""What one process was told is what all others know."""

from __future__ import annotations

import asyncpg
import pytest

from arb_pipeline.model import Company, now_ms
from arb_pipeline.storage.blocks import load_blocks, save_block
from arb_pipeline.storage.database import Pool

MINUTE = 60_000


async def test_a_block_lasts_until_its_end_and_the_longer_one_stays(pool: Pool) -> None:
    assert await load_blocks(pool) == {}
    await save_block(pool, Company.BINANCE, 120, "418, Retry-After: 120")
    await save_block(pool, Company.BINANCE, 60, "429")
    await save_block(pool, Company.BYBIT, -0.001, "403, over by now")
    found = await load_blocks(pool)
    assert found == {Company.BINANCE: pytest.approx(now_ms() + 2 * MINUTE, abs=5000)}
    assert (
        await pool.fetchval("SELECT reason FROM company_blocks WHERE company = 'BINANCE'")
        == "418, Retry-After: 120"
    )
    await save_block(pool, Company.BINANCE, 300, "x" * 600 + "\x00")
    await save_block(pool, Company.BYBIT, 60, "403")
    assert await load_blocks(pool) == {
        Company.BINANCE: pytest.approx(now_ms() + 5 * MINUTE, abs=5000),
        Company.BYBIT: pytest.approx(now_ms() + MINUTE, abs=5000),
    }


async def test_a_block_is_of_the_address_that_was_told(pool: Pool) -> None:
    await save_block(pool, Company.MEXC, 60, "403", egress="tokyo")
    await save_block(pool, Company.MEXC, 120, "403", egress="dublin")
    assert await load_blocks(pool, egress="default") == {}
    for egress, minutes in (("tokyo", 1), ("dublin", 2), (None, 2)):
        assert await load_blocks(pool, egress=egress) == {
            Company.MEXC: pytest.approx(now_ms() + minutes * MINUTE, abs=5000)
        }


async def test_companies_of_newer_code_are_passed_over(pool: Pool) -> None:
    await pool.execute("INSERT INTO company_blocks VALUES ('KRAKEN', now() + INTERVAL '1h', '429')")
    assert await load_blocks(pool) == {}


async def test_a_block_has_a_reason(pool: Pool) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await save_block(pool, Company.MEXC, 1, "")
