"""The positions of an account at a moment, going on from where the last valuation left off.

What belongs here: which fills have to be booked, and whether what was kept still holds. What does
not: what a fill does to positions (``analytics/``), what currencies were worth (``worth.py``).

Kept are the positions of a midnight at least a day ago: what comes late within a day costs nothing.
With them stands a fingerprint of all they follow from: the fills before it, the candles those were
valued with, the settings that choose between candles, and the code that computes. Where any of it
has changed, all fills are booked again, so that the result is always that of booking all of them.
Candles are known by their coverage, which every page of them marks in its transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path

from arb_pipeline.analytics import average_cost, ledger, prices
from arb_pipeline.analytics.average_cost import Position
from arb_pipeline.analytics.ledger import Fill, Ledger
from arb_pipeline.defs.derived import worth
from arb_pipeline.defs.derived.worth import finest, on_the_way, worth_at_fills
from arb_pipeline.model import DAY_MS, Exchange
from arb_pipeline.settings import Settings
from arb_pipeline.storage import ledgers as kept
from arb_pipeline.storage import portfolio as stored
from arb_pipeline.storage.database import Connection
from arb_pipeline.storage.ledgers import Kept, State

# Fills at a time: some megabytes with what they are valued by.
_BATCH = 5_000
_NUMBERS = ("quantity", "average", "realised", "sold_beyond")


@dataclass(slots=True)
class Booking:
    """Books the spot fills of one account, in a transaction.

    Attributes:
        home: whose account.
        code_of: unified code of a currency by the exchange's own.
    """

    connection: Connection
    home: Exchange
    exchange_id: int
    code_of: Callable[[str], str]
    configured: Settings
    _positions: dict[str, Position] = field(default_factory=dict)
    _pairs: list[stored.Pair] = field(default_factory=list)

    async def positions(self, until: int) -> dict[str, Position]:
        """What the fills up to a moment (milliseconds, included) add up to, by asset."""
        reference = self.configured.reference_currency
        midnight = until // DAY_MS * DAY_MS - DAY_MS
        self._pairs = await stored.pairs(self.connection)
        # Read before the fills, and before what was kept is judged: what is stored in between is
        # missing in it, and so has all be booked again next time.
        inputs = await self._inputs(midnight)
        last = await kept.kept_ledger(self.connection, self.exchange_id, reference)
        since = None
        if last and last.until <= midnight:
            now = inputs if last.until == midnight else await self._inputs(last.until)
            if last.inputs == now:
                since, self._positions = last.until, _positions_of(last.positions)
        if since != midnight:
            await self._book(since, midnight)
            new = Kept(midnight, inputs, _state_of(self._positions))
            await kept.keep_ledger(self.connection, self.exchange_id, reference, new)
        await self._book(midnight, until + 1)
        return self._positions

    async def _book(self, since: int | None, until: int) -> None:
        reference = self.configured.reference_currency
        async for rows in stored.spot_fills(
            self.connection, self.exchange_id, since, until, batch=_BATCH
        ):
            fills = [
                Fill(**{**row, "fee_asset": row["fee_asset"] and self.code_of(row["fee_asset"])})
                for row in rows
            ]
            priced = await worth_at_fills(
                self.connection, fills, self._pairs, self.home, self.configured
            )
            book = Ledger(reference, priced, self._positions)
            for fill in fills:
                book.add(fill)

    async def _inputs(self, until: int) -> str:
        """Fingerprint of everything that positions before a midnight follow from."""
        reference, timeframe = self.configured.reference_currency, finest(self.configured)
        fills = await kept.booked_fills(self.connection, self.exchange_id, until)
        codes = {
            row["fee_asset"]: self.code_of(row["fee_asset"]) for row in fills if row["fee_asset"]
        }
        needed = {row["quote"] for row in fills} | set(codes.values())
        pairs = {
            pair
            for code in needed - {reference}
            for pair in on_the_way(code, reference, self._pairs)
        }
        ids = sorted(pair.symbol_id for pair in pairs)
        closes = await kept.booked_closes(self.connection, ids, timeframe, until)
        everything = (
            _code(),
            reference,
            timeframe.name,
            self.configured.price_minutes,
            sorted(codes.items()),
            sorted(map(tuple, pairs)),
            [tuple(row) for row in fills],
            [tuple(row) for row in closes],
        )
        return hashlib.sha256(repr(everything).encode()).hexdigest()


@cache
def _code() -> str:
    """Fingerprint of the arithmetic: positions computed by other code do not hold."""
    files = [Path(str(module.__file__)) for module in (average_cost, ledger, prices, worth)]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _state_of(positions: dict[str, Position]) -> State:
    return {
        asset: {
            name: str(value) if isinstance(value, Decimal) else value
            for name, value in asdict(position).items()
        }
        for asset, position in positions.items()
    }


def _positions_of(state: State) -> dict[str, Position]:
    return {
        asset: Position(
            **{
                name: Decimal(value) if name in _NUMBERS and isinstance(value, str) else value
                for name, value in fields.items()
            }  # type: ignore[arg-type]
        )
        for asset, fields in state.items()
    }
