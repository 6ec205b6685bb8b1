"""Gate's best bid and ask, one order book per symbol.

What belongs here: why and how Gate is asked for books one by one. What does not: the exchanges
that answer for all symbols at once (``tickers.py``).

Gate's lists of tickers name the best prices; the quantities beside them (``lowest_size``,
``highest_size``) are documented nowhere. Its order book of depth one holds price, quantity, the
book's number and the exchange's time, at weight 1 per symbol. The budget is 200 in ten seconds of
which a share (``ARB_RATE_SAFETY``) is used: 160 symbols per market go at once, the next 160 ten
seconds later.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from arb_pipeline.exchanges.candle_cells import BadRow
from arb_pipeline.exchanges.catalog import capability
from arb_pipeline.exchanges.client import Counters, ExchangeClient
from arb_pipeline.exchanges.errors import ExchangeError, UnknownSymbol
from arb_pipeline.exchanges.sampling import refused
from arb_pipeline.exchanges.shapes import WrongShape, object_at
from arb_pipeline.exchanges.snapshot_cells import (
    Nothing,
    Receipt,
    Row,
    decimal,
    moment,
    number_of_state,
)
from arb_pipeline.model import BookTicker, DataSet, Exchange, Instrument, SnapshotPage, now_ms

log = logging.getLogger("arb_pipeline.exchanges")
_SIDES = ("bids", "asks")


@dataclass(frozen=True, slots=True)
class _Books:
    """How one of Gate's markets is asked for a book, and what unit its time is in."""

    method: str
    symbol: str
    settle: bool
    unit_ms: int


_BOOKS = {
    Exchange.GATEIO_SPOT: _Books("public_spot_get_order_book", "currency_pair", False, 1),
    Exchange.GATEIO_FUTURES: _Books("public_futures_get_settle_order_book", "contract", True, 1000),
}


async def gate_book_tickers(
    client: ExchangeClient, instruments: Sequence[Instrument], *, skew_ms: int
) -> SnapshotPage[BookTicker]:
    """The top of each instrument's order book, all asked for at once.

    A symbol whose book can't be had is missing from the page, with a warning in the log; others
    are not held up by it.

    Raises:
        ExchangeError: no book at all could be had; the first reason.
    """
    page: SnapshotPage[BookTicker] = SnapshotPage(client.exchange, DataSet.BOOK_TICKERS)
    tally = Counters()
    answers = await asyncio.gather(
        *(_book(client, one, tally) for one in instruments), return_exceptions=True
    )
    records: list[BookTicker] = []
    reasons: list[ExchangeError] = []
    for one, answer in zip(instruments, answers, strict=True):
        if isinstance(answer, ExchangeError):
            reasons.append(answer)
            page.missing.append(one)
            continue
        if isinstance(answer, BaseException):
            raise answer
        row, received_at = answer
        try:
            records.append(_record(one, row, Receipt(received_at, skew_ms)))
        except Nothing:
            page.missing.append(one)
        except BadRow as bad:
            page.rejected.append((one.symbol_id, refused(row, bad)))
    _report(reasons, nothing=len(reasons) == len(instruments))
    page.rows, page.requests = records, tally.requests
    return page


def _report(reasons: list[ExchangeError], *, nothing: bool) -> None:
    if nothing and reasons:
        # That a symbol is unknown says nothing of the exchange; anything else does.
        telling = [one for one in reasons if not isinstance(one, UnknownSymbol)]
        if telling:
            raise telling[0]
    for reason in reasons:
        log.warning("no book: %s", reason)


async def _book(client: ExchangeClient, one: Instrument, tally: Counters) -> tuple[Row, int]:
    books = _BOOKS[client.exchange]
    parameters: dict[str, Any] = {books.symbol: one.exchange_symbol, "limit": 1, "with_id": "true"}
    if books.settle:
        parameters["settle"] = "usdt"
    return await client.call(
        books.method,
        parameters,
        weight=capability(client.exchange, DataSet.BOOK_TICKERS).weight(1),
        expect=_shape,
        subject=f"{one.exchange_symbol} book",
        tally=tally,
    )


def _shape(payload: Any) -> tuple[Row, int]:
    received_at = now_ms()
    book = object_at()(payload)
    for side in _SIDES:
        if not isinstance(book.get(side), list):
            raise WrongShape(f"a book without {side}")
    return book, received_at


def _record(one: Instrument, row: Row, receipt: Receipt) -> BookTicker:
    if not any(row[side] for side in _SIDES):
        raise Nothing("the book is empty")
    stamp = receipt.believe(moment(row, "current", _BOOKS[one.exchange].unit_ms))
    (bid, bid_qty), (ask, ask_qty) = (_best(row, side) for side in _SIDES)
    return BookTicker(
        one.symbol_id,
        receipt.at,
        decimal(bid, "best bid"),
        decimal(bid_qty, "quantity of the best bid"),
        decimal(ask, "best ask"),
        decimal(ask_qty, "quantity of the best ask"),
        number_of_state(row, "id"),
        stamp,
    )


def _best(row: Row, side: str) -> tuple[Any, Any]:
    """Price and quantity of the first level: a pair on spot, an object on futures."""
    levels = row[side]
    if not levels:
        raise BadRow(f"the book has no {side}")
    match levels[0]:
        case [price, quantity, *_]:
            return price, quantity
        case {"p": price, "s": quantity}:
            return price, quantity
    raise BadRow(f"the best of {side} is no price and quantity")
