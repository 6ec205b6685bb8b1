"""What is wanted of the history of tracked symbols, per data set.

What belongs here: registering what became tracked, and reading what is registered. What does not:
how far back an exchange serves (``exchanges``), and what is missing (``repair``).

Instants are milliseconds since the epoch, days are the instant they begin at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from arb_pipeline.model import DAY_MS, Exchange, Interval
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.database import sql

if TYPE_CHECKING:
    from arb_pipeline.storage.database import Connection, Pool


_NOTHING = Interval(0, 0)


@dataclass(frozen=True, slots=True)
class Collected:
    """One data set of one exchange that is collected, and how many days back it is wanted."""

    exchange: Exchange
    data_set: str
    timeframe: str
    days: int


@dataclass(frozen=True, slots=True)
class Registration:
    """What is wanted of one tracked symbol.

    Attributes:
        history_from: first day wanted.
        is_complete: whether everything since was known once.
        listed_at: first moment of trading where the exchange tells it.
        delisted_at: when it was seen to be gone.
    """

    symbol_id: int
    exchange: Exchange
    exchange_symbol: str
    data_set: str
    timeframe: str
    history_from: int
    is_complete: bool
    listed_at: int | None = None
    delisted_at: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """The history of one symbol that can be had now.

    Attributes:
        of: whose, and of what.
        reach: nothing earlier can be had. Days between here and ``wanted`` are looked at only
            where something of them is known.
        wanted: what has to be complete.
        page_ms: how much of it one request brings.
        lost: what was wanted and is older than the exchange serves by now; empty where it is not.
    """

    of: Registration
    reach: int
    wanted: Interval
    page_ms: int
    lost: Interval = _NOTHING

    @property
    def day_pages(self) -> int:
        """Requests a whole day takes."""
        return -(-DAY_MS // self.page_ms)


def names_of(lines: Sequence[Line]) -> tuple[list[int], list[str], list[str]]:
    """Their symbols, data sets and timeframes, as three parallel lists."""
    own = [line.of for line in lines]
    return (
        [one.symbol_id for one in own],
        [one.data_set for one in own],
        [one.timeframe for one in own],
    )


async def register(
    database: Pool | Connection, collected: Sequence[Collected], first_day: int
) -> list[int]:
    """Register tracked symbols that are not, or were tracked anew; deepen those wanted deeper.

    What was complete and is deepened is so once more when the older days are there. Returns the
    ids of all that changed.

    Args:
        database: to write to; nothing is written where everything is registered.
        collected: what is collected where.
        first_day: no history is wanted from before.
    """
    rows = await database.fetch(
        sql("repair_register"),
        [one.exchange.value for one in collected],
        [one.data_set for one in collected],
        [one.timeframe for one in collected],
        [one.days for one in collected],
        to_datetime(first_day).date(),
    )
    return sorted({row["symbol_id"] for row in rows})


async def registrations(
    database: Pool | Connection, exchanges: Sequence[Exchange]
) -> list[Registration]:
    """What is wanted of the tracked symbols of some exchanges."""
    rows = await database.fetch(sql("repair_wanted"), [exchange.value for exchange in exchanges])
    return [Registration(**{**dict(row), "exchange": Exchange(row["exchange"])}) for row in rows]
