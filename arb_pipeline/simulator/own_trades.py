"""Own fills in the words of Binance and MEXC, for the account's owner.

What belongs here: windows, pages and rows. What does not: the fills (``fills.py``), Gate and
Bybit (``own_trades_paged.py``).
"""

from __future__ import annotations

from arb_pipeline.model import DAY_MS, Exchange
from arb_pipeline.simulator import signing
from arb_pipeline.simulator.binance_klines import error, invalid_symbol, mandatory, number
from arb_pipeline.simulator.dialect import Call, Refused, Reply, World, dump
from arb_pipeline.simulator.fills import Fill
from arb_pipeline.simulator.signing import signed

_MEXC_KEEPS = 30 * DAY_MS


def _selected(world: World, call: Call, exchange: Exchange, longest: int) -> list[Fill]:
    """The fills from an id on, of a window, or the newest; oldest first."""
    symbol = mandatory(call, "symbol")
    first_id, start, end = (number(call, name) for name in ("fromId", "startTime", "endTime"))
    limit = min(number(call, "limit") or 500, 1000)
    if world.listings.find(exchange, symbol, call.now) is None:
        raise Refused(invalid_symbol())
    if first_id is not None:
        if start is not None or end is not None:
            raise Refused(error(-1128, "Combination of optional parameters invalid."))
        every = world.fills.between(exchange, symbol, 0, call.now)
        return [one for one in every if one.number >= first_id][:limit]
    if start is not None and end is not None and end - start > longest:
        hours = longest // 3_600_000
        raise Refused(error(-1127, f"More than {hours} hours between startTime and endTime."))
    if start is None and end is None:
        return list(world.fills.between(exchange, symbol, 0, call.now)[-limit:])
    first = start if start is not None else (end or 0) - longest
    last = min(call.now, end if end is not None else first + longest)
    return list(world.fills.between(exchange, symbol, first, last)[:limit])


def _binance_spot(world: World, call: Call) -> Reply:
    return dump(
        [
            {
                "symbol": call.query["symbol"],
                "id": one.number,
                "orderId": one.order,
                "orderListId": -1,
                "price": one.price,
                "qty": one.quantity,
                "quoteQty": one.value,
                "commission": one.fee,
                "commissionAsset": one.fee_asset,
                "time": one.time,
                "isBuyer": not one.sold,
                "isMaker": one.is_maker,
                "isBestMatch": True,
            }
            for one in _selected(world, call, Exchange.BINANCE_SPOT, DAY_MS)
        ]
    )


def _binance_futures(world: World, call: Call) -> Reply:
    return dump(
        [
            {
                "symbol": call.query["symbol"],
                "id": one.number,
                "orderId": one.order,
                "side": "SELL" if one.sold else "BUY",
                "price": one.price,
                "qty": one.quantity,
                "realizedPnl": "0",
                "quoteQty": one.value,
                "commission": one.fee,
                "commissionAsset": one.fee_asset,
                "time": one.time,
                "positionSide": "BOTH",
                "buyer": not one.sold,
                "maker": one.is_maker,
            }
            for one in _selected(world, call, Exchange.BINANCE_FUTURES, 7 * DAY_MS)
        ]
    )


def _mexc(world: World, call: Call) -> Reply:
    symbol = mandatory(call, "symbol")
    if world.listings.find(Exchange.MEXC_SPOT, symbol, call.now) is None:
        raise Refused(invalid_symbol())
    start, end = number(call, "startTime"), number(call, "endTime")
    first = max(start or 0, call.now - _MEXC_KEEPS)
    last = call.now if end is None else min(end, call.now)
    limit = min(number(call, "limit") or 100, 100)
    newest = world.fills.between(Exchange.MEXC_SPOT, symbol, first, last)[::-1][:limit]
    return dump(
        [
            {
                "symbol": symbol,
                "id": str(one.number),
                "orderId": str(one.order),
                "orderListId": -1,
                "price": one.price,
                "qty": one.quantity,
                "quoteQty": one.value,
                "commission": one.fee,
                "commissionAsset": one.fee_asset,
                "time": one.time,
                "isBuyer": not one.sold,
                "isMaker": one.is_maker,
                "isBestMatch": True,
                "isSelfTrade": False,
                "clientOrderId": None,
            }
            for one in newest
        ]
    )


binance_spot = signed(signing.binance, _binance_spot)
binance_futures = signed(signing.binance, _binance_futures)
mexc = signed(signing.mexc, _mexc)
