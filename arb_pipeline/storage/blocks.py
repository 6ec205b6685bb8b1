"""Companies that told us to wait: asked by nobody, in whichever process, until then.

What belongs here: sharing what one process was told (429, 418 or 403 with Retry-After) with all
others. What does not: waiting, which is for those who ask exchanges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arb_pipeline.model import Company, now_ms
from arb_pipeline.storage.coverage import to_datetime, to_ms
from arb_pipeline.storage.database import sql
from arb_pipeline.storage.rejected import storable

if TYPE_CHECKING:
    from arb_pipeline.storage.database import Connection, Pool

_LONGEST_REASON = 500


async def load_blocks(database: Pool | Connection) -> dict[Company, int]:
    """Companies that must not be asked now, with the instant in milliseconds they may be again."""
    now = now_ms()
    rows = await database.fetch(sql("blocks_load"))
    return {
        Company(row["company"]): to_ms(row["blocked_until"])
        for row in rows
        if row["company"] in set(Company) and to_ms(row["blocked_until"]) > now
    }


async def save_block(
    database: Pool | Connection, company: Company, until_ms: int, reason: str
) -> None:
    """Let nobody ask a company until an instant in milliseconds; a longer block stays.

    Args:
        database: shared by all processes.
        company: who told us to wait.
        until_ms: when it may be asked again.
        reason: what it answered, one sentence without secrets.

    Raises:
        asyncpg.CheckViolationError: the reason is empty.
    """
    await database.execute(
        sql("blocks_save"),
        company.value,
        to_datetime(until_ms),
        storable(reason)[:_LONGEST_REASON],
    )
