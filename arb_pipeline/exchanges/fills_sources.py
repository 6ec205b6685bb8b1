"""Where each exchange tells of own fills, and which field of a fill is what.

What belongs here: endpoints, parameters, units, rows. What does not: paging (``history_walk.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from arb_pipeline.exchanges import history_cells as cells
from arb_pipeline.exchanges.candle_cells import BadRow, shown
from arb_pipeline.exchanges.history_cells import Row
from arb_pipeline.exchanges.history_draft import ID, SIDE, Answer, HistoryRow
from arb_pipeline.exchanges.history_source import FROM_ID, Source, by_milliseconds, by_seconds
from arb_pipeline.exchanges.trades_sources import next_offset, next_page
from arb_pipeline.model import DAY_MS, Exchange, Instrument

_WEEK_MS = 7 * DAY_MS


def _binance(buyer: str, maker: str) -> Callable[[Instrument, Row], HistoryRow]:
    """A reader of Binance's fills, and MEXC's; spot and futures name two fields differently."""

    def read(_: Instrument, row: Row) -> HistoryRow:
        return (
            cells.instant(row, "time"),
            cells.amount(row, "price"),
            cells.amount(row, "qty"),
            "buy" if cells.flag(row, buyer) else "sell",
            cells.identity(row, "id"),
            cells.identity(row, "orderId"),
            cells.optional(row, "quoteQty"),
            *_fee(row, ("commission", row.get("commissionAsset"))),
            cells.flag(row, maker),
        )

    return read


def _gate_spot(_: Instrument, row: Row) -> HistoryRow:
    return (
        cells.instant(row, "create_time_ms"),
        cells.amount(row, "price"),
        cells.amount(row, "amount"),
        cells.side(row, "side"),
        cells.identity(row, "id"),
        cells.identity(row, "order_id"),
        None,
        *_fee(row, ("fee", row.get("fee_currency")), ("gt_fee", "GT"), ("point_fee", "POINT")),
        _is_maker(row),
    )


def _gate_futures(_: Instrument, row: Row) -> HistoryRow:
    contracts, side = cells.size_and_side(row, "size")
    return (
        cells.instant(row, "create_time", 1000),
        cells.amount(row, "price"),
        contracts,
        side,
        cells.identity(row, "trade_id" if "trade_id" in row else "id"),
        cells.identity(row, "order_id"),
        None,
        *_fee(row, ("fee", "USDT"), ("point_fee", "POINT")),
        _is_maker(row),
    )


def _bybit(instrument: Instrument, row: Row) -> HistoryRow:
    # Two names for one thing, by the age of the account; neither is always sent.
    asset = row.get("feeCurrency") or row.get("feeCoin")
    return (
        cells.instant(row, "execTime"),
        cells.amount(row, "execPrice"),
        cells.amount(row, "execQty"),
        cells.side(row, "side"),
        cells.identity(row, "execId"),
        cells.identity(row, "orderId"),
        cells.optional(row, "execValue"),
        *_fee(row, ("execFee", asset)),
        cells.flag(row, "isMaker"),
    )


def _fee(row: Row, *places: tuple[str, Any]) -> tuple[str | None, str | None]:
    """Fee and its asset: the first place that is not zero; else the first that is told."""
    told = [(fee, asset) for name, asset in places if (fee := cells.optional(row, name))]
    paid = [one for one in told if Decimal(one[0])] or told
    if not paid:
        return None, None
    fee, asset = paid[0]
    return fee, asset if isinstance(asset, str) and asset else None


def _is_maker(row: Row) -> bool:
    role = row.get("role")
    if role not in ("maker", "taker"):
        raise BadRow(f"role is {shown(role)}, neither maker nor taker")
    return bool(role == "maker")


def fill_of(row: HistoryRow) -> str:
    """What makes a fill one: who trades with himself has two of one trade's id, on both sides."""
    return f"{row[ID]} ({row[SIDE]})"


def _next_id(params: Mapping[str, Any], answer: Answer, _: int) -> dict[str, Any] | None:
    """From the last id on, whose other side may be behind; times must not be sent beside."""
    names = [int(row[ID]) for row, _ in answer.rows if row[ID].isdecimal()]
    if not names:
        return None
    return {"symbol": params["symbol"], "limit": params["limit"], FROM_ID: max(names)}


def _cursor(answer: Answer) -> str:
    found = answer.payload["result"].get("nextPageCursor")
    return found if isinstance(found, str) else ""


def _next_cursor(params: Mapping[str, Any], answer: Answer, _: int) -> dict[str, Any]:
    return {**params, "cursor": _cursor(answer)}


def _by_id(method: str, first_ms: int, buyer: str, maker: str) -> Source:
    return Source(
        method=method,
        request=by_milliseconds(),
        read=_binance(buyer, maker),
        key=fill_of,
        following=_next_id,
        first_ms=first_ms,
    )


def _of_bybit(category: str) -> Source:
    return Source(
        method="private_get_v5_execution_list",
        request=by_milliseconds(category=category, execType="Trade"),
        read=_bybit,
        path=("result", "list"),
        key=fill_of,
        following=_next_cursor,
        has_more=lambda answer, _: bool(_cursor(answer)),
        first_ms=_WEEK_MS,
    )


FILLS: Mapping[Exchange, Source] = {
    Exchange.BINANCE_SPOT: _by_id("private_get_mytrades", DAY_MS, "isBuyer", "isMaker"),
    Exchange.BINANCE_FUTURES: _by_id("fapiprivate_get_usertrades", _WEEK_MS, "buyer", "maker"),
    Exchange.BYBIT_SPOT: _of_bybit("spot"),
    Exchange.BYBIT_FUTURES: _of_bybit("linear"),
    Exchange.GATEIO_SPOT: Source(
        method="private_spot_get_my_trades",
        request=by_seconds("currency_pair", account="spot"),
        read=_gate_spot,
        key=fill_of,
        following=next_page,
        first_ms=30 * DAY_MS,
    ),
    Exchange.GATEIO_FUTURES: Source(
        method="private_futures_get_settle_my_trades_timerange",
        request=by_seconds("contract", settle="usdt"),
        read=_gate_futures,
        key=fill_of,
        following=next_offset,
        first_ms=30 * DAY_MS,
    ),
    Exchange.MEXC_SPOT: Source(
        method="spot_private_get_mytrades",
        request=by_milliseconds(),
        read=_binance("isBuyer", "isMaker"),
        key=fill_of,
        first_ms=_WEEK_MS,
    ),
}
