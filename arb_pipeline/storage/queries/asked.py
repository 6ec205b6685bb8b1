"""What people may write where a question wants symbols, exchanges or a window.

What belongs here: turning names, dates and lengths of time into ids and milliseconds. Ids and
intervals, which the rest of the project speaks, pass through without asking the database.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from arb_pipeline.model import DAY_MS, Exchange, Instrument, Interval, now_ms
from arb_pipeline.storage.coverage import to_ms
from arb_pipeline.storage.reference import Reference, UnknownSymbolError

if TYPE_CHECKING:
    from arb_pipeline.storage.database import Connection

Symbol: TypeAlias = int | str | Instrument
# One or several; None is every tracked symbol.
Symbols: TypeAlias = Symbol | Iterable[Symbol] | None
# One or several; None is all.
Exchanges: TypeAlias = int | str | Iterable[int | str] | None
Names: TypeAlias = str | Iterable[str] | None
# Milliseconds, a date (its midnight) or ISO 8601; without a zone it is UTC.
Moment: TypeAlias = int | str | date
# Half-open; the last 36 hours are timedelta(hours=36) or "36h". None as the end is now.
Window: TypeAlias = Interval | tuple[Moment, Moment | None] | timedelta | str

_LENGTH = re.compile(r"(\d+(?:\.\d+)?) ?([mhdw])")
_UNITS = {"m": 60_000, "h": 3_600_000, "d": DAY_MS, "w": 7 * DAY_MS}


def instant(moment: Moment) -> int:
    """A moment as milliseconds since the epoch.

    Raises:
        ValueError: it is no moment; the message says how one is written.
    """
    if isinstance(moment, int):
        return moment
    if isinstance(moment, str):
        try:
            import pandas as pd  # as late as frames do

            moment = pd.Timestamp(moment).to_pydatetime()
        except ValueError:
            raise ValueError(f"{moment!r} is no moment: write 2026-01-31T12:00") from None
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return to_ms(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def window(asked: Window) -> Interval:
    """A window as an interval.

    Raises:
        ValueError: it is none, or it ends before it begins.
    """
    if isinstance(asked, Interval):
        return asked
    if isinstance(asked, tuple):
        start, end = asked
        found = Interval(instant(start), now_ms() if end is None else instant(end))
    else:
        now = now_ms()
        found = Interval(now - _milliseconds(asked), now)
    if found.start > found.end:
        raise ValueError(f"the window {found} ends before it begins")
    return found


def _milliseconds(length: timedelta | str) -> int:
    if isinstance(length, timedelta):
        found = length // timedelta(milliseconds=1)
    else:
        written = _LENGTH.fullmatch(length)
        found = int(Decimal(written[1]) * _UNITS[written[2]]) if written else 0
    if found <= 0:
        raise ValueError(
            f"{length!r} is no length of time: write 90m, 36h, 7d or 2w, or (start, end)"
        )
    return found


def names(asked: Names) -> list[str] | None:
    """One or several names as a list; None is all."""
    if asked is None:
        return None
    return [asked] if isinstance(asked, str) else list(asked)


def exchange_names(asked: Names) -> list[str] | None:
    """Names of exchanges as a list; None is all.

    Raises:
        ValueError: there is no such exchange; the message lists those there are.
    """
    found = names(asked)
    return None if found is None else [_exchange(name).value for name in found]


async def exchange_ids(connection: Connection, asked: Exchanges) -> list[int]:
    """``exchanges.id`` of exchanges by name or id; None is all.

    Raises:
        ValueError: as ``exchange_names``.
    """
    if isinstance(asked, int | str):
        asked = [asked]
    wanted = list(Exchange) if asked is None else list(asked)
    if not any(isinstance(one, str) for one in wanted):
        return [int(one) for one in wanted]
    reference = await Reference.load(connection)
    return [
        reference.exchange_id(_exchange(one)) if isinstance(one, str) else int(one)
        for one in wanted
    ]


async def symbol_ids(connection: Connection, asked: Symbols) -> list[int]:
    """``symbols.id`` of what is asked for, each once.

    Args:
        connection: to the database.
        asked: ``"BINANCE_SPOT BTC/USDT"`` is one symbol (the exchange's own id does as well),
            ``"BTC/USDT"`` that of every exchange that lists it, ``"BINANCE_SPOT"`` the tracked
            ones of an exchange, None all tracked ones; or symbols by id or ``Instrument``.

    Raises:
        UnknownSymbolError: nobody lists it, or several are meant; the message says what to do.
        ValueError: there is no such exchange.
    """
    if isinstance(asked, int | str | Instrument):
        asked = [asked]
    wanted = list(Exchange) if asked is None else list(asked)
    if not any(isinstance(one, str) for one in wanted):
        return list(dict.fromkeys(_id(one) for one in wanted if not isinstance(one, str)))
    reference = await Reference.load(connection)
    found: list[int] = []
    for one in wanted:
        if isinstance(one, str):
            found += [instrument.symbol_id for instrument in _meant(reference, one)]
        else:
            found.append(_id(one))
    return list(dict.fromkeys(found))


def _id(symbol: int | Instrument) -> int:
    return symbol.symbol_id if isinstance(symbol, Instrument) else int(symbol)


def _exchange(name: str) -> Exchange:
    try:
        return Exchange(name.upper())
    except ValueError:
        known = ", ".join(Exchange)
        raise ValueError(f"{name!r} is no exchange; there are {known}") from None


def _meant(reference: Reference, name: str) -> list[Instrument]:
    first, _, rest = name.strip().partition(" ")
    if rest:
        return [reference.find(_exchange(first), rest.strip())]
    if first.upper() in set(Exchange):
        return reference.tracked(_exchange(first))
    found, problems = [], []
    for exchange in Exchange:
        try:
            found.append(reference.find(exchange, first))
        except UnknownSymbolError as error:
            problems.append(error)
    if not found:
        raise UnknownSymbolError(f"no exchange lists {first!r}. {problems[0]}")
    return found
