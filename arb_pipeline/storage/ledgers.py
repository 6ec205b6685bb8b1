"""How far the fills of an account were booked: keeping that, and telling whether it still holds.

What belongs here: reading and writing booked positions, and what changes when their inputs do.
What does not: booking (``analytics/ledger.py``), and when to go on from where (``defs/derived``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from arb_pipeline.model import Timeframe
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.database import sql

if TYPE_CHECKING:
    from asyncpg import Record

    from arb_pipeline.storage.database import Connection

State = Mapping[str, Mapping[str, object]]  # by asset the fields of a position, numbers as text


@dataclass(frozen=True, slots=True)
class Kept:
    """Positions as they were kept.

    Attributes:
        until: fills before it are booked, milliseconds.
        inputs: fingerprint of what they were computed from.
    """

    until: int
    inputs: str
    positions: State


async def kept_ledger(connection: Connection, exchange_id: int, reference: str) -> Kept | None:
    """What was last kept of an account, in a reference currency."""
    row = await connection.fetchrow(sql("portfolio_ledger"), exchange_id, reference)
    if row is None:
        return None
    return Kept(row["booked_until"], row["inputs"], json.loads(row["positions"]))


async def keep_ledger(
    connection: Connection, exchange_id: int, reference: str, ledger: Kept
) -> None:
    """Keep positions; those of a later moment stay."""
    await connection.execute(
        sql("portfolio_ledger_put"),
        exchange_id,
        reference,
        to_datetime(ledger.until),
        ledger.inputs,
        json.dumps(ledger.positions),
    )


async def booked_fills(connection: Connection, exchange_id: int, until: int) -> list[Record]:
    """What the spot fills before a moment are, without reading them all.

    Columns: symbol_id, base, quote, fee_asset (the exchange's own code), fills, hash. Every fill
    that is new, changed, gone or renamed changes some of them.
    """
    return await connection.fetch(sql("portfolio_ledger_fills"), exchange_id, to_datetime(until))


async def booked_closes(
    connection: Connection, symbol_ids: Sequence[int], timeframe: Timeframe, until: int
) -> list[Record]:
    """Which candles are stored of the days before a midnight.

    Columns: symbol_id, days, hash. Every page of candles stored anew changes some of them.
    """
    return await connection.fetch(
        sql("portfolio_ledger_closes"), list(symbol_ids), timeframe.name, to_datetime(until)
    )
