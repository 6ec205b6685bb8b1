"""The account of what all processes spend of the exchanges' rate counters.

What belongs here: leasing weight, blocks and refusals, one statement each. What does not: when to
lease and how much (``exchanges/budget_shared.py``, whose ``Ledger`` this is).

The account goes by the database's clock alone: the clocks of the processes do not matter. Against
an exchange's clock up to a second may be wrong, see ``sql/queries/budget_lease.sql``; a database
whose clock is further off may spend up to twice the allowed share around the end of a window.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from arb_pipeline.model import Company
from arb_pipeline.model.rates import Ask, Counter, Lease
from arb_pipeline.storage.blocks import DEFAULT_EGRESS, save_block
from arb_pipeline.storage.database import sql

if TYPE_CHECKING:
    from arb_pipeline.storage.database import Connection, Pool

# An exchange that refused early is expected to do so again for this many of its windows.
_CAUTIOUS_WINDOWS = 30
_CAUTIOUS_SHARE = 0.8
# Who refuses after less than this share of its limit counts something else.
_TELLING_SHARE = 0.04


class RateLedger:
    """The account of one address requests leave from; opens no connections of its own.

    Args:
        database: a pool, or a connection that is used for nothing else.
        egress: name of the address; whoever shares name and database shares the limits.
        clock: milliseconds to go by in place of the database's clock; for tests.

    Raises:
        OSError, asyncpg.PostgresError, asyncpg.InterfaceError: by every method, where the
            database cannot be asked.
    """

    def __init__(
        self,
        database: Pool | Connection,
        *,
        egress: str = DEFAULT_EGRESS,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._database = database
        self._egress = egress
        self._clock = clock

    async def lease(self, counter: Counter, ask: Ask) -> Lease:
        """Take weight of a counter, or learn how long to wait."""
        values = (
            *(self._egress, counter.company.value, counter.pool),
            *(counter.window_seconds * 1000, *_edges(counter)),
            *(counter.allowed, counter.reserve, ask.weight, ask.at_most, ask.reserved),
            *(ask.unspent, ask.zone, ask.heard, ask.heard_zone),
            self._clock() if self._clock is not None else None,
        )
        row = await self._database.fetchrow(sql("budget_lease"), *values)
        while row is None:
            await self._database.execute(sql("budget_open"), *values[:3])
            row = await self._database.fetchrow(sql("budget_lease"), *values)
        return Lease(
            weight=row["granted"],
            zone=row["zone"],
            seconds=row["zone_ms"] / 1000,
            retry_seconds=row["retry_ms"] / 1000,
            blocked_seconds=(row["blocked_ms"] or 0.0) / 1000,
        )

    async def block(self, company: Company, seconds: float, reason: str) -> None:
        """Let nobody ask ``company`` from this address for ``seconds``; a longer block stays."""
        await save_block(self._database, company, seconds, reason, egress=self._egress)

    async def refused(self, counter: Counter, unspent: int, heard: int | None) -> None:
        """Expect less of a counter for a while: it refused what should have fitted."""
        await self._database.execute(
            sql("budget_refused"),
            *(self._egress, counter.company.value, counter.pool),
            *(counter.window_seconds * 1000, counter.head_seconds * 1000),
            *(unspent, heard, _CAUTIOUS_SHARE, counter.allowed * _TELLING_SHARE),
            counter.window_seconds * _CAUTIOUS_WINDOWS,
        )


def _edges(counter: Counter) -> tuple[float, float]:
    return counter.head_seconds * 1000, counter.tail_seconds * 1000
