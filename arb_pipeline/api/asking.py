"""Parameters questions share: which symbols, which exchanges, since when and until when.

What belongs here: checking them, and finding the symbols people mean. What does not: paging.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeVar

from fastapi import Depends, Query, Request
from pydantic import AfterValidator, StringConstraints

from arb_pipeline.api.errors import ApiError
from arb_pipeline.model import Exchange, Instrument
from arb_pipeline.settings import Settings
from arb_pipeline.storage.database import Connection
from arb_pipeline.storage.reference import Reference, UnknownSymbolError, tracked

T = TypeVar("T")
EVER = datetime(2009, 1, 3, tzinfo=UTC)  # no market is older
_LAST = datetime(2100, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_KEEP_SECONDS = 60.0
_KEEP_AFTER_A_MISS_SECONDS = 2.0
JUST_BEFORE = timedelta(microseconds=1)

Name = Annotated[str, StringConstraints(pattern=r"^[^\s\x00-\x1f\x7f-\x9f]+$", max_length=64)]
ExchangeName = Annotated[Exchange | None, Query(description="default: all that are enabled")]
SymbolName = Annotated[
    Name | None,
    Query(description="BTC/USDT, the exchange's own id, or symbol_id; default: tracked"),
]
AssetName = Annotated[Name | None, Query(description="such as BTC; default: all")]


def in_utc(value: datetime) -> datetime:
    """The same moment in UTC, where UTC is meant unless it says otherwise.

    Raises:
        ValueError: no market was or will be open then.
    """
    moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value
    if not EVER <= moment <= _LAST:
        raise ValueError(f"must lie between {EVER:%Y-%m-%d} and {_LAST:%Y-%m-%d}")
    return moment.astimezone(UTC)


Moment = Annotated[datetime, AfterValidator(in_utc)]
Start = Annotated[Moment | None, Query(description="ISO 8601, UTC unless it says otherwise")]
End = Annotated[Moment | None, Query(description="not included; default: now")]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A half-open window, as far as it was given."""

    start: datetime | None
    end: datetime | None

    def __bool__(self) -> bool:
        return self.start is not None or self.end is not None

    def filled(self, length: timedelta = _DAY) -> tuple[datetime, datetime]:
        """Start and end; not given they are ``length`` before the end, and now."""
        end = self.end or datetime.now(tz=UTC)
        start = self.start or max(EVER, end - length)
        if start >= end:
            raise ApiError(422, "invalid", f"start: {start:%FT%TZ} is not before {end:%FT%TZ}")
        return start, end


def _window(start: Start = None, end: End = None) -> Stretch:
    asked = Stretch(start, end)
    asked.filled()
    return asked


Window = Annotated[Stretch, Depends(_window)]


class Symbols:
    """Finds the symbols people mean; knows new listings after a minute, or when one is missed."""

    def __init__(self) -> None:
        self._reference: Reference | None = None
        self._loaded_at = 0.0

    async def one(self, connection: Connection, exchange: Exchange | None, name: str) -> Instrument:
        """The symbol of that id, or of that name on that exchange.

        Raises:
            UnknownSymbolError: there is none, or which one is meant is not clear.
            ApiError: 422, a name without an exchange.
        """
        if exchange is None and not name.isdecimal():
            raise ApiError(
                422, "invalid", f"exchange: say on which {name} is meant, or give its id"
            )
        exchanges = list(Exchange) if exchange is None else [exchange]
        return (await self._ask(connection, lambda known: _meant(known, exchanges, name)))[0]

    async def some(
        self, connection: Connection, exchanges: Sequence[Exchange], name: str | None
    ) -> list[int]:
        """Ids of the symbols of that name on any of the exchanges; without a name the tracked ones.

        Raises:
            UnknownSymbolError: none of the exchanges lists it.
        """
        if name is None:
            return [one.symbol_id for one in await tracked(connection, exchanges)]
        found = await self._ask(connection, lambda known: _meant(known, exchanges, name))
        return [one.symbol_id for one in found]

    async def _ask(self, connection: Connection, ask: Callable[[Reference], T]) -> T:
        age = time.monotonic() - self._loaded_at
        if self._reference is not None and age < _KEEP_SECONDS:
            try:
                return ask(self._reference)
            except UnknownSymbolError:
                if age < _KEEP_AFTER_A_MISS_SECONDS:
                    raise
        self._reference = await Reference.load(connection)
        self._loaded_at = time.monotonic()
        return ask(self._reference)


def _meant(reference: Reference, exchanges: Sequence[Exchange], name: str) -> list[Instrument]:
    if name.isdecimal():
        found = reference.instrument(int(name))
        if found.exchange not in exchanges:
            raise UnknownSymbolError(f"{found} has the id {name}, and is not asked for")
        return [found]
    meant, problems = [], []
    for exchange in exchanges:
        try:
            meant.append(reference.find(exchange, name))
        except UnknownSymbolError as error:
            problems.append(error)
    if not meant:
        if len(problems) == 1:
            raise problems[0]
        raise UnknownSymbolError(f"no enabled exchange lists {name!r}")
    return meant


def symbols_of(request: Request) -> Symbols:
    """The application's knowledge of symbols."""
    found: Symbols = request.app.state.symbols
    return found


def enabled(request: Request) -> list[Exchange]:
    """The exchanges of ARB_EXCHANGES."""
    settings: Settings = request.app.state.settings
    return settings.exchanges


def chosen_exchanges(request: Request, exchange: ExchangeName = None) -> list[Exchange]:
    """The one that was named, or all that are enabled."""
    return enabled(request) if exchange is None else [exchange]


Known = Annotated[Symbols, Depends(symbols_of)]
Enabled = Annotated[list[Exchange], Depends(enabled)]
Exchanges = Annotated[list[Exchange], Depends(chosen_exchanges)]
