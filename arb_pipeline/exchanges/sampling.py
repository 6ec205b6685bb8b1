"""One sample of all symbols of an exchange: asked for at once, read row by row.

What belongs here: picking the wanted rows out of a bulk answer, and what becomes of a row that is
malformed, doubled or not there. What does not: which endpoint, and which field is what.

A bulk answer holds thousands of rows of which a few are wanted: the others are looked at for
their symbol only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from arb_pipeline.exchanges.candle_cells import BadRow, rejection, shown
from arb_pipeline.exchanges.client import Counters, ExchangeClient
from arb_pipeline.exchanges.errors import NotSupported
from arb_pipeline.exchanges.shapes import WrongShape, rows_at
from arb_pipeline.exchanges.snapshot_cells import BadClock, Nothing, Receipt, Row
from arb_pipeline.model import (
    BookTicker,
    FundingRate,
    Instrument,
    Rejection,
    SnapshotPage,
    Ticker,
    now_ms,
)

R = TypeVar("R", BookTicker, Ticker, FundingRate)
T = TypeVar("T")
U = TypeVar("U")
# The record a row is, and what is needed for it: whose row, the row, and when it was received.
Build = Callable[[Instrument, Row, Receipt], R]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An endpoint that answers with rows of many symbols.

    Attributes:
        method: ccxt's name of it.
        symbol: the field that holds the exchange's own id of the symbol.
        path: where the rows are.
        parameters: sent with every request.
        envelope_time: a field of the envelope that belongs to every row; it is put into each
            under this name.
        may_be_empty: an answer without rows means that there are none.
    """

    method: str
    symbol: str = "symbol"
    path: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    envelope_time: str | None = None
    may_be_empty: bool = False


@dataclass(slots=True)
class Picked:
    """The wanted rows of an answer.

    Attributes:
        received_at: milliseconds since the epoch.
        rows: by the exchange's id of the symbol.
        doubled: ids with rows that contradict each other, and these rows.
        stray: rows that can't be told whose they are.
    """

    received_at: int
    rows: dict[str, Row] = field(default_factory=dict)
    doubled: dict[str, list[Row]] = field(default_factory=dict)
    stray: list[Any] = field(default_factory=list)


def by_symbol(client: ExchangeClient, instruments: Iterable[Instrument]) -> dict[str, Instrument]:
    """The instruments by the exchange's own id.

    Raises:
        NotSupported: one is listed elsewhere.
    """
    wanted = {one.exchange_symbol: one for one in instruments}
    for one in wanted.values():
        if one.exchange is not client.exchange:
            raise NotSupported(client.exchange, f"{one} is listed elsewhere")
    return wanted


async def ask(
    client: ExchangeClient,
    source: Source,
    wanted: Mapping[str, object],
    *,
    weight: int,
    subject: str,
    tally: Counters,
    parameters: Mapping[str, Any] | None = None,
) -> Picked:
    """Ask ``source`` once and keep the rows of ``wanted``.

    Raises:
        ExchangeError: it does not answer, or with something else.
    """
    rows = rows_at(*source.path)

    def expect(payload: Any) -> Picked:
        received_at = now_ms()
        found = rows(payload)
        if not found and not source.may_be_empty:
            raise WrongShape("no rows at all")
        picked = _pick(found, source.symbol, wanted, received_at)
        if found and len(picked.stray) == len(found):
            raise WrongShape(f"{len(found)} rows, none of them with a {source.symbol}")
        if source.envelope_time is not None:
            time = {source.envelope_time: payload.get(source.envelope_time)}
            picked.rows = {symbol: {**row, **time} for symbol, row in picked.rows.items()}
        return picked

    return await client.call(
        source.method,
        {**source.parameters, **(parameters or {})},
        weight=weight,
        expect=expect,
        subject=subject,
        tally=tally,
    )


def read(
    page: SnapshotPage[R],
    picked: Picked,
    instruments: Sequence[Instrument],
    build: Build[R],
    skew_ms: int,
) -> None:
    """Add the records of the picked rows to a page, and say of the rest why there is none."""
    receipt = Receipt(picked.received_at, skew_ms)
    records: list[R] = list(page.rows)
    for row in picked.stray:
        page.rejected.append((None, rejection(row, f"the row is {shown(row)}, of no symbol")))
    for one in instruments:
        name = one.exchange_symbol
        if name in picked.doubled:
            page.rejected += [
                (one.symbol_id, rejection(row, "two different rows for one symbol"))
                for row in picked.doubled[name]
            ]
        elif name not in picked.rows:
            page.missing.append(one)
        else:
            row = picked.rows[name]
            try:
                records.append(build(one, row, receipt))
            except Nothing:
                page.missing.append(one)
            except BadRow as bad:
                page.rejected.append((one.symbol_id, refused(row, bad)))
    page.rows = records


def refused(row: Any, bad: BadRow) -> Rejection:
    """A row that is no record, with the time it claims where that is the reason."""
    return rejection(row, str(bad), bad.timestamp if isinstance(bad, BadClock) else None)


async def both(first: Coroutine[Any, Any, T], second: Coroutine[Any, Any, U]) -> tuple[T, U]:
    """Two requests at once; where one fails the other is given up and the first error raised."""
    try:
        async with asyncio.TaskGroup() as group:
            one, other = group.create_task(first), group.create_task(second)
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return one.result(), other.result()


def _pick(rows: list[Any], key: str, wanted: Mapping[str, object], received_at: int) -> Picked:
    picked = Picked(received_at)
    try:
        mine = [row for row in rows if row[key] in wanted]
    except (TypeError, LookupError):
        named = [row for row in rows if isinstance(row, dict) and isinstance(row.get(key), str)]
        mine = [row for row in named if row[key] in wanted]
        told = set(map(id, named))
        picked.stray = [row for row in rows if id(row) not in told]
    for row in mine:
        known = picked.rows.setdefault(row[key], row)
        if known is not row and known != row:
            picked.doubled.setdefault(row[key], [known]).append(row)
    return picked
