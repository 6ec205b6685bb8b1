"""Registering symbols by name, the same way whoever asks: API, command line, Dagster's UI.

What belongs here: which symbols are meant, and setting what is tracked. What does not: the
backfill, which the sensor ``registration`` begins for whatever is tracked, by SQL too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from arb_pipeline.model import Exchange, Instrument
from arb_pipeline.storage.database import sql
from arb_pipeline.storage.reference import Reference, UnknownSymbolError

if TYPE_CHECKING:
    from datetime import datetime

    from arb_pipeline.storage.database import Connection, Pool


@dataclass(frozen=True, slots=True)
class Tracked:
    """A symbol that is tracked now, since when, and whether this call made it so."""

    instrument: Instrument
    since: datetime
    is_new: bool

    def __str__(self) -> str:
        word = "tracked" if self.is_new else "already tracked"
        return f"{self.instrument}: {word} since {self.since:%Y-%m-%dT%H:%M:%SZ}"


class NotEnabledError(ValueError):
    """An exchange that is not collected from."""


async def track_symbol(
    database: Pool | Connection,
    symbol: str,
    *,
    exchange: Exchange | None,
    enabled: Sequence[Exchange],
    reference: Reference | None = None,
) -> list[Tracked]:
    """Have a symbol collected and backfilled.

    Args:
        database: to write to.
        symbol: ``BTC/USDT``, or the exchange's own id.
        exchange: where; None: on every enabled exchange that lists it now.
        enabled: exchanges that are collected from.
        reference: what is listed, where it is at hand.

    Raises:
        NotEnabledError: the exchange is none of those.
        UnknownSymbolError: it is listed nowhere; nothing was changed.
    """
    if exchange is not None and exchange not in enabled:
        raise NotEnabledError(
            f"{exchange} is not collected from: it is none of ARB_EXCHANGES, {', '.join(enabled)}"
        )
    known = reference or await Reference.load(database)
    if exchange is not None:
        meant = [known.find(exchange, symbol)]
    else:
        meant = _listed(known, enabled, symbol)
    rows = await database.fetch(sql("symbols_track_each"), [one.symbol_id for one in meant])
    found = {row["id"]: row for row in rows}
    return [
        Tracked(one, found[one.symbol_id]["tracked_at"], found[one.symbol_id]["is_new"])
        for one in meant
    ]


async def untrack_id(database: Pool | Connection, symbol_id: int) -> bool:
    """Stop collecting a symbol, keeping its rows; whether it was tracked."""
    return bool(await database.fetch(sql("symbols_untrack"), [symbol_id]))


def _listed(reference: Reference, exchanges: Sequence[Exchange], symbol: str) -> list[Instrument]:
    meant: list[Instrument] = []
    problems: list[UnknownSymbolError] = []
    for exchange in exchanges:
        try:
            found = reference.find(exchange, symbol)
        except UnknownSymbolError as error:
            problems.append(error)
        else:
            if found.delisted_at is None:
                meant.append(found)
    if not meant:
        raise (
            problems[0]
            if len(problems) == 1
            else UnknownSymbolError(f"none of {', '.join(exchanges)} lists {symbol!r}")
        )
    return meant
