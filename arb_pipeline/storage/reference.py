"""Names to ids and back: the exchanges and symbols, loaded once and kept in dictionaries.

What belongs here: the in-process cache, finding a symbol by what people call it, and which symbols
are tracked. What does not: changing what is listed (``listings``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Self

from arb_pipeline.model import Exchange, Instrument
from arb_pipeline.storage.database import sql
from arb_pipeline.storage.listings import SuspiciousListingsError, SyncReport, sync_listings

if TYPE_CHECKING:
    import asyncpg

    from arb_pipeline.storage.database import Connection, Pool

__all__ = [
    "Reference",
    "SuspiciousListingsError",
    "SyncReport",
    "UnknownSymbolError",
    "sync_listings",
    "track",
    "tracked",
    "untrack",
]


class UnknownSymbolError(LookupError):
    """No symbol, or more than one, is meant by a name; the message says what to do."""


class Reference:
    """All exchanges and symbols as they were when loaded; load anew to see changes."""

    def __init__(self, exchange_ids: dict[Exchange, int], rows: Iterable[asyncpg.Record]) -> None:
        self._exchange_ids = exchange_ids
        self._instruments: dict[int, Instrument] = {}
        self._ids: dict[Exchange, dict[str, int]] = {e: {} for e in Exchange}
        self._named: dict[Exchange, dict[str, list[Instrument]]] = {e: {} for e in Exchange}
        self._active: set[int] = set()
        self._tracked: dict[Exchange, list[Instrument]] = defaultdict(list)
        for row in rows:
            instrument = _instrument(row)
            self._instruments[instrument.symbol_id] = instrument
            self._ids[instrument.exchange][instrument.exchange_symbol] = instrument.symbol_id
            name = f"{instrument.base}/{instrument.quote}"
            self._named[instrument.exchange].setdefault(name, []).append(instrument)
            if row["is_active"]:
                self._active.add(instrument.symbol_id)
            if row["is_tracked"]:
                self._tracked[instrument.exchange].append(instrument)

    @classmethod
    async def load(cls, database: Pool | Connection) -> Self:
        """Read everything once.

        Raises:
            asyncpg.PostgresError: the schema is missing, or the server refuses.
        """
        ids = {row["enum_value"]: row["id"] for row in await database.fetch(sql("exchanges"))}
        exchange_ids = {exchange: ids[exchange.value] for exchange in Exchange if exchange in ids}
        names = [exchange.value for exchange in exchange_ids]
        return cls(exchange_ids, await database.fetch(sql("symbols"), names, False))

    def exchange_id(self, exchange: Exchange) -> int:
        """``exchanges.id``; KeyError where the database does not know the exchange."""
        return self._exchange_ids[exchange]

    def symbol_id(self, exchange: Exchange, exchange_symbol: str) -> int:
        """``symbols.id`` by the exchange's own id, letter by letter.

        Raises:
            UnknownSymbolError: the exchange lists none of that id.
        """
        try:
            return self._ids[exchange][exchange_symbol]
        except KeyError:
            raise self._unknown(exchange, exchange_symbol) from None

    def instrument(self, symbol_id: int) -> Instrument:
        """The symbol of ``symbols.id``.

        Raises:
            UnknownSymbolError: there is none; it may be newer than this cache.
        """
        try:
            return self._instruments[symbol_id]
        except KeyError:
            raise UnknownSymbolError(f"no symbol has the id {symbol_id}") from None

    def find(self, exchange: Exchange, name: str) -> Instrument:
        """The symbol people mean by ``BTC/USDT``, ``btc/usdt:usdt`` or the exchange's own id.

        Of several symbols of one name the only active one is meant.

        Raises:
            UnknownSymbolError: none is meant, or several are.
        """
        own = self._ids[exchange].get(name)
        if own is not None:
            return self._instruments[own]
        named = self._named[exchange]
        unified = name.partition(":")[0]
        meant = named.get(unified) or named.get(unified.upper()) or []
        if len(meant) > 1:
            meant = [one for one in meant if one.symbol_id in self._active] or meant
        if len(meant) > 1:
            ids = ", ".join(one.exchange_symbol for one in meant)
            raise UnknownSymbolError(f"{exchange} {name} may mean {ids}: say which")
        if not meant:
            raise self._unknown(exchange, name)
        return meant[0]

    def tracked(self, exchange: Exchange) -> list[Instrument]:
        """The symbols the user registered, delisted ones included, by name."""
        return list(self._tracked[exchange])

    def listed(self, exchange: Exchange) -> list[Instrument]:
        """Every symbol the exchange lists now or once listed, by name."""
        return [one for one in self._instruments.values() if one.exchange is exchange]

    def is_active(self, instrument: Instrument) -> bool:
        """Whether it could be traded when the exchange was last asked."""
        return instrument.symbol_id in self._active

    def _unknown(self, exchange: Exchange, name: str) -> UnknownSymbolError:
        sync = f"arb-pipeline symbols sync {exchange}"
        named = self._named[exchange]
        if not named:
            return UnknownSymbolError(f"no symbols of {exchange} are known yet: run {sync}")
        known = [*named, *self._ids[exchange]]
        close = get_close_matches(name.upper(), known, n=3, cutoff=0.7)
        hint = f" Did you mean {', '.join(close)}?" if close else ""
        return UnknownSymbolError(
            f"{exchange} lists no {name!r}.{hint} If it is new: run {sync}, then "
            f"arb-pipeline symbols track {exchange} {name}"
        )


def _instrument(row: asyncpg.Record) -> Instrument:
    return Instrument(
        symbol_id=row["id"],
        exchange=Exchange(row["exchange"]),
        exchange_symbol=row["exchange_symbol"],
        base=row["symbol_base"],
        quote=row["symbol_quote"],
        contract_size=row["contract_size"],
        listed_at=row["listed_at"],
        delisted_at=row["delisted_at"],
    )


async def tracked(database: Pool | Connection, exchanges: Sequence[Exchange]) -> list[Instrument]:
    """The tracked symbols of some exchanges, by exchange and name, delisted ones included."""
    names = [exchange.value for exchange in exchanges]
    return [_instrument(row) for row in await database.fetch(sql("symbols"), names, True)]


async def track(database: Pool | Connection, instruments: Iterable[Instrument]) -> int:
    """Register symbols for collection; returns how many were not tracked before."""
    ids = [instrument.symbol_id for instrument in instruments]
    return len(await database.fetch(sql("symbols_track"), ids))


async def untrack(database: Pool | Connection, instruments: Iterable[Instrument]) -> int:
    """Stop collecting symbols, keeping their rows; returns how many were tracked before."""
    ids = [instrument.symbol_id for instrument in instruments]
    return len(await database.fetch(sql("symbols_untrack"), ids))
