"""Companies that told us to wait: asked by nobody, in whichever process, until then.

What belongs here: sharing what one process was told (429, 418 or 403 with Retry-After) with all
others. What does not: waiting, which is for those who ask exchanges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arb_pipeline.model import Company, now_ms
from arb_pipeline.storage.coverage import to_ms
from arb_pipeline.storage.database import sql
from arb_pipeline.storage.rejected import storable

if TYPE_CHECKING:
    from arb_pipeline.storage.database import Connection, Pool

DEFAULT_EGRESS = "default"
_LONGEST_REASON = 500


async def load_blocks(
    database: Pool | Connection, *, egress: str | None = None
) -> dict[Company, int]:
    """Companies that must not be asked now, with the instant in milliseconds they may be again.

    Args:
        database: shared by all processes.
        egress: the address of ours; by default any.
    """
    now = now_ms()
    found: dict[Company, int] = {}
    for row in await database.fetch(sql("blocks_load")):
        until = to_ms(row["blocked_until"])
        if row["company"] in set(Company) and until > now and egress in (None, row["egress"]):
            company = Company(row["company"])
            found[company] = max(until, found.get(company, 0))
    return found


async def save_block(
    database: Pool | Connection,
    company: Company,
    seconds: float,
    reason: str,
    *,
    egress: str = DEFAULT_EGRESS,
) -> None:
    """Let nobody ask a company for some seconds; a longer block stays.

    Args:
        database: shared by all processes.
        company: who told us to wait.
        seconds: how long, counted by the database's clock.
        reason: what it answered, one sentence without secrets.
        egress: the address of ours that was told.

    Raises:
        asyncpg.CheckViolationError: the reason is empty.
    """
    await database.execute(
        sql("blocks_save"),
        *(company.value, egress, seconds, storable(reason)[:_LONGEST_REASON]),
    )
