"""Order books to some depth, one request per symbol.

What belongs here: which endpoint, what it weighs and where the levels are. What does not: the top
of the book, which most exchanges tell of all symbols at once (``tickers.py``, ``gate_books.py``).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from arb_pipeline.exchanges.candle_cells import BadRow, shown
from arb_pipeline.exchanges.catalog import capability
from arb_pipeline.exchanges.client import Counters, ExchangeClient
from arb_pipeline.exchanges.errors import ExchangeError
from arb_pipeline.exchanges.sampling import by_symbol, refused
from arb_pipeline.exchanges.shapes import WrongShape, object_at
from arb_pipeline.exchanges.snapshot_cells import Nothing, Receipt, Row, decimal, moment
from arb_pipeline.model import DataSet, Exchange, Instrument, SnapshotPage, now_ms
from arb_pipeline.model.order_books import Offer, OrderBook

log = logging.getLogger("arb_pipeline.exchanges")


@dataclass(frozen=True, slots=True)
class _Source:
    """How an exchange is asked for a book.

    Attributes:
        method: ccxt's name of the endpoint.
        symbol: the parameter that names the symbol.
        more: sent with every request.
        path: where the book is in the answer.
        bids: the field of the bids.
        asks: the field of the asks.
        time: the field that says when the answer was made; None where none does.
        unit_ms: what that counts.
        limits: the only numbers of levels that may be asked for, ascending; empty: any.
    """

    method: str
    symbol: str = "symbol"
    more: Mapping[str, Any] = field(default_factory=dict)
    path: tuple[str, ...] = ()
    bids: str = "bids"
    asks: str = "asks"
    time: str | None = None
    unit_ms: int = 1
    limits: tuple[int, ...] = ()


def _bybit(category: str) -> _Source:
    return _Source(
        "public_get_v5_market_orderbook",
        more={"category": category},
        path=("result",),
        bids="b",
        asks="a",
        time="ts",
    )


_SOURCES: Mapping[Exchange, _Source] = {
    Exchange.BINANCE_SPOT: _Source("public_get_depth"),
    # T, the time of the last change, may lie long ago; E is when the answer was made.
    Exchange.BINANCE_FUTURES: _Source("fapipublic_get_depth", time="E", limits=(5, 10, 20, 50)),
    Exchange.BYBIT_SPOT: _bybit("spot"),
    Exchange.BYBIT_FUTURES: _bybit("linear"),
    Exchange.GATEIO_SPOT: _Source("public_spot_get_order_book", "currency_pair", time="current"),
    Exchange.GATEIO_FUTURES: _Source(
        "public_futures_get_settle_order_book",
        "contract",
        {"settle": "usdt"},
        time="current",
        unit_ms=1000,
    ),
    Exchange.MEXC_SPOT: _Source("spot_public_get_depth", time="timestamp"),
}


async def fetch_order_books(
    client: ExchangeClient, instruments: Sequence[Instrument], *, skew_ms: int, levels: int
) -> SnapshotPage[OrderBook]:
    """Up to ``levels`` bids and asks of each instrument, all asked for at once.

    A symbol whose book can't be had is missing from the page, with a warning in the log; others
    are not held up by it.

    Args:
        client: the exchange that lists the instruments.
        instruments: whose.
        skew_ms: a book whose exchange time is further than this from receipt is rejected.
        levels: of each side, 1 to 50.

    Raises:
        ExchangeError: no book at all could be had; the first reason.
    """
    wanted = list(by_symbol(client, instruments).values())
    page: SnapshotPage[OrderBook] = SnapshotPage(client.exchange, DataSet.ORDER_BOOKS)
    tally = Counters()
    answers = await asyncio.gather(
        *(_ask(client, one, levels, tally) for one in wanted), return_exceptions=True
    )
    records: list[OrderBook] = []
    reasons: list[ExchangeError] = []
    for one, answer in zip(wanted, answers, strict=True):
        if isinstance(answer, ExchangeError):
            reasons.append(answer)
            page.missing.append(one)
            continue
        if isinstance(answer, BaseException):
            raise answer
        row, received_at = answer
        try:
            records.append(_record(one, row, Receipt(received_at, skew_ms), levels))
        except Nothing:
            page.missing.append(one)
        except BadRow as bad:
            page.rejected.append((one.symbol_id, refused(row, bad)))
    if reasons and len(reasons) == len(wanted):
        raise reasons[0]
    for reason in reasons:
        log.warning("no order book: %s", reason)
    page.rows, page.requests = records, tally.requests
    return page


async def _ask(
    client: ExchangeClient, one: Instrument, levels: int, tally: Counters
) -> tuple[Row, int]:
    source = _SOURCES[client.exchange]
    limit = next((most for most in source.limits if most >= levels), levels)
    find = object_at(*source.path)

    def expect(payload: Any) -> tuple[Row, int]:
        received_at = now_ms()
        book = find(payload)
        for side in (source.bids, source.asks):
            if not isinstance(book.get(side), list):
                raise WrongShape(f"a book without {side}")
        return book, received_at

    return await client.call(
        source.method,
        {source.symbol: one.exchange_symbol, "limit": limit, **source.more},
        weight=capability(client.exchange, DataSet.ORDER_BOOKS).weight(limit),
        expect=expect,
        subject=f"{one.exchange_symbol} order book",
        tally=tally,
    )


def _record(one: Instrument, row: Row, receipt: Receipt, levels: int) -> OrderBook:
    source = _SOURCES[one.exchange]
    bids, asks = (_offers(row[side][:levels], side) for side in (source.bids, source.asks))
    if not bids and not asks:
        raise Nothing("the book is empty")
    stamp = None if source.time is None else moment(row, source.time, source.unit_ms)
    return OrderBook(one.symbol_id, receipt.at, bids, asks, receipt.believe(stamp))


def _offers(rows: Sequence[Any], side: str) -> tuple[Offer, ...]:
    """Price and quantity of each level: pairs, or objects on Gate's futures."""
    offers = []
    for row in rows:
        match row:
            case [price, quantity, *_]:
                pass
            case {"p": price, "s": quantity}:
                pass
            case _:
                raise BadRow(f"a level of {side} is {shown(row)}, not a price and quantity")
        offers.append((decimal(price, f"price of {side}"), decimal(quantity, f"size of {side}")))
    return tuple(offers)
