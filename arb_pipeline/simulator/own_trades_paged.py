"""Own fills in the words of Gate and Bybit, newest first, page by page."""

from __future__ import annotations

from urllib.parse import quote, unquote

from arb_pipeline.model import DAY_MS, Exchange
from arb_pipeline.simulator import bybit_trades, figures, gate_trades, signing
from arb_pipeline.simulator.bybit_symbols import envelope, error, exchange_of
from arb_pipeline.simulator.dialect import Call, Refused, Reply, World, integer
from arb_pipeline.simulator.dialect import dump as answer
from arb_pipeline.simulator.fills import Fill
from arb_pipeline.simulator.gate_candles import error as gate_error
from arb_pipeline.simulator.gate_trades import limit_of
from arb_pipeline.simulator.signing import signed

_GATE_LONGEST = 30 * DAY_MS
_BYBIT_LONGEST, _BYBIT_KEEPS = 7 * DAY_MS, 730 * DAY_MS


def _of_gate(world: World, call: Call, exchange: Exchange) -> list[Fill]:
    instrument = gate_trades.found(world, call, exchange)
    start, end = (integer(call.query.get(name)) for name in ("from", "to"))
    last = call.now if end is None else min(call.now, end * 1000)
    first = last - 7 * DAY_MS if start is None else start * 1000
    if exchange is Exchange.GATEIO_SPOT and last - first > _GATE_LONGEST:
        raise Refused(gate_error("INVALID_PARAM_VALUE", "time range cannot exceed 30 days"))
    return list(world.fills.between(exchange, instrument.id, first, last)[::-1])


def _gate_spot(world: World, call: Call) -> Reply:
    newest = _of_gate(world, call, Exchange.GATEIO_SPOT)
    page = max(1, integer(call.query.get("page")) or 1)
    rows = gate_trades.paged(call, iter(newest), (page - 1) * limit_of(call))
    return answer(
        [
            {
                "id": str(one.number),
                "create_time": str(one.time // 1000),
                "create_time_ms": f"{one.time}.123000",
                "currency_pair": call.query["currency_pair"],
                "side": "sell" if one.sold else "buy",
                "role": "maker" if one.is_maker else "taker",
                "amount": one.quantity,
                "price": one.price,
                "order_id": str(one.order),
                "fee": one.fee,
                "fee_currency": one.fee_asset,
                "point_fee": "0",
                "gt_fee": "0",
            }
            for one in rows
        ]
    )


def _gate_futures(world: World, call: Call) -> Reply:
    newest = _of_gate(world, call, Exchange.GATEIO_FUTURES)
    rows = gate_trades.paged(call, iter(newest), integer(call.query.get("offset")) or 0)
    return answer(
        [
            {
                "trade_id": str(one.number),
                "create_time": figures.text(one.time, 3),
                "contract": call.query["contract"],
                "order_id": str(one.order),
                "size": gate_trades.size(call, one.quantity, sold=one.sold),
                "price": one.price,
                "role": "maker" if one.is_maker else "taker",
                "fee": one.fee,
                "point_fee": "0",
            }
            for one in rows
        ]
    )


def _bybit(world: World, call: Call) -> Reply:
    exchange = exchange_of(call)
    instrument = bybit_trades.found(world, call, exchange)
    start, end = (integer(call.query.get(name)) for name in ("startTime", "endTime"))
    last = call.now if end is None else min(call.now, end)
    first = last - _BYBIT_LONGEST if start is None else start
    if last - first > _BYBIT_LONGEST:
        raise Refused(error(10001, "The time range between startTime and endTime is over 7 days"))
    limit = min(integer(call.query.get("limit")) or 50, 100)
    first = max(first, call.now - _BYBIT_KEEPS)
    newest = world.fills.between(exchange, instrument.id, first, last)[::-1]
    # A cursor is already percent-encoded: it must come back as it was sent.
    skipped = integer(unquote(call.query.get("cursor", "")).removeprefix("after=")) or 0
    page = newest[skipped : skipped + limit]
    rows = [
        {
            "symbol": instrument.id,
            "orderId": f"{one.order:08x}-0000-4000-8000-000000000000",
            "side": "Sell" if one.sold else "Buy",
            "orderType": "Limit",
            "execTime": str(one.time),
            "isMaker": one.is_maker,
            "execFee": one.fee,
            "feeRate": "-0.0001" if one.is_maker else "0.001",
            "feeCurrency": one.fee_asset,
            "execId": str(one.number),
            "execPrice": one.price,
            "execQty": one.quantity,
            "execValue": one.value,
            "orderQty": one.quantity,
            "orderPrice": one.price,
            "execType": "Trade",
        }
        for one in page
    ]
    more = skipped + limit < len(newest)
    cursor = quote(f"after={skipped + limit}", safe="") if more else ""
    result = {"category": call.query.get("category"), "list": rows, "nextPageCursor": cursor}
    return envelope(result, call.now)


gate_spot = signed(signing.gate, _gate_spot)
gate_futures = signed(signing.gate, _gate_futures)
bybit = signed(signing.bybit, _bybit)
