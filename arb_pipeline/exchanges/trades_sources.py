"""Where each exchange tells of public trades, and which field of a trade is what.

What belongs here: endpoints, parameters, units, rows. What does not: paging (``history_walk.py``,
``trades_by_id.py``, ``trades_newest.py``).

A trade is ``TradeRow``: time, price, quantity, the taker's side, id, whether the id was made up.
Quantities are base units on spot and contracts on futures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from arb_pipeline.exchanges import history_cells as cells
from arb_pipeline.exchanges.candle_cells import BadRow
from arb_pipeline.exchanges.history_cells import Row
from arb_pipeline.exchanges.history_draft import Answer, HistoryRow, identity_of
from arb_pipeline.exchanges.history_source import Source, by_seconds
from arb_pipeline.model import Exchange, Instrument, Interval

_HOUR_MS = 3_600_000


def aggregated(_: Instrument, row: Row) -> HistoryRow:
    """Binance's aggregated trade; a buyer who waited was sold to."""
    sold = cells.flag(row, "m")
    name = cells.identity(row, "a")
    if not name.isdecimal():
        raise BadRow(f"a is {name[:60]!r}, not a number")
    trade = (cells.instant(row, "T"), cells.amount(row, "p"), cells.amount(row, "q"))
    return (*trade, "sell" if sold else "buy", name, False)


def _mexc(_: Instrument, row: Row) -> HistoryRow:
    sold = cells.flag(row, "m")
    trade = (cells.instant(row, "T"), cells.amount(row, "p"), cells.amount(row, "q"))
    return (*trade, "sell" if sold else "buy", "", True)


def numbered(rows: Sequence[HistoryRow]) -> list[HistoryRow]:
    """Trades without ids, named by side, price, quantity and which of their like they are.

    The name is the same however many requests brought them, as long as each millisecond is whole:
    trades that are alike in everything may be counted in any order. Numbers are named by their
    value, so that ``1.0`` and ``1.00`` are alike.
    """
    seen: Counter[tuple[Any, ...]] = Counter()
    named = []
    for time, price, quantity, side, _, made_up in rows:
        name = f"{side}-{_value(price)}-{_value(quantity)}"
        named.append((time, price, quantity, side, f"{name}-{seen[time, name]}", made_up))
        seen[time, name] += 1
    return named


def _value(number: str) -> str:
    return format(Decimal(number).normalize(), "f")


def _between(symbol: str, interval: Interval, limit: int) -> dict[str, Any]:
    # One past the last millisecond: MEXC's klines leave endTime out, Binance's have it in.
    return {
        "symbol": symbol,
        "startTime": interval.start,
        "endTime": interval.end,
        "limit": limit,
    }


def _gate_spot(_: Instrument, row: Row) -> HistoryRow:
    time = cells.instant(row, "create_time_ms")
    trade = (time, cells.amount(row, "price"), cells.amount(row, "amount"))
    return (*trade, cells.side(row, "side"), cells.identity(row, "id"), False)


def _gate_futures(_: Instrument, row: Row) -> HistoryRow:
    time = cells.instant(row, "create_time_ms", 1000)
    contracts, side = cells.size_and_side(row, "size")
    price = cells.amount(row, "price")
    return (time, price, contracts, side, cells.identity(row, "id"), False)


def bybit(_: Instrument, row: Row) -> HistoryRow:
    """A row of Bybit's recent trades."""
    trade = (cells.instant(row, "time"), cells.amount(row, "price"), cells.amount(row, "size"))
    return (*trade, cells.side(row, "side"), cells.identity(row, "execId"), False)


def next_page(params: Mapping[str, Any], _: Answer, number: int) -> dict[str, Any]:
    """Gate's pages are counted from 1."""
    return {**params, "page": number + 1}


def next_offset(params: Mapping[str, Any], _: Answer, number: int) -> dict[str, Any]:
    """Gate's futures count rows."""
    return {**params, "offset": number * int(params["limit"])}


TRADES_BY_TIME: Mapping[Exchange, Source] = {
    Exchange.MEXC_SPOT: Source(
        method="spot_public_get_aggtrades",
        request=lambda one, interval, limit: _between(one.exchange_symbol, interval, limit),
        read=_mexc,
        finish=numbered,
        first_ms=_HOUR_MS,
        newest_settles=True,
    ),
    Exchange.GATEIO_SPOT: Source(
        method="public_spot_get_trades",
        request=by_seconds("currency_pair"),
        read=_gate_spot,
        key=identity_of,
        following=next_page,
        first_ms=_HOUR_MS,
        newest_settles=True,
    ),
    Exchange.GATEIO_FUTURES: Source(
        method="public_futures_get_settle_trades",
        request=by_seconds("contract", settle="usdt"),
        read=_gate_futures,
        key=identity_of,
        following=next_offset,
        first_ms=_HOUR_MS,
        newest_settles=True,
    ),
}
# Binance's ids are consecutive, per symbol.
TRADES_BY_ID: Mapping[Exchange, str] = {
    Exchange.BINANCE_SPOT: "public_get_aggtrades",
    Exchange.BINANCE_FUTURES: "fapipublic_get_aggtrades",
}
# Bybit shows the newest trades, by the category of its market.
TRADES_NEWEST: Mapping[Exchange, str] = {
    Exchange.BYBIT_SPOT: "spot",
    Exchange.BYBIT_FUTURES: "linear",
}
