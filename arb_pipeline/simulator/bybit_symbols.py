"""Bybit's envelope and its lists of instruments."""

from __future__ import annotations

from urllib.parse import quote, unquote

from arb_pipeline.model import Exchange
from arb_pipeline.simulator.dialect import Call, Refused, Reply, World, dump, integer
from arb_pipeline.simulator.instruments import SimulatedInstrument

CATEGORIES = {"spot": Exchange.BYBIT_SPOT, "linear": Exchange.BYBIT_FUTURES}


def envelope(result: object, now: int) -> Reply:
    """A successful answer."""
    return dump({"retCode": 0, "retMsg": "OK", "result": result, "retExtInfo": {}, "time": now})


def error(code: int, message: str, status: int = 200) -> Reply:
    """An error payload; Bybit sends most of them with status 200."""
    return dump({"retCode": code, "retMsg": message, "result": {}, "retExtInfo": {}}, status)


def exchange_of(call: Call) -> Exchange:
    """The exchange a request is for.

    Raises:
        Refused: there is no such category.
    """
    exchange = CATEGORIES.get(call.query.get("category", "linear"))
    if exchange is None:
        raise Refused(error(10001, "Illegal category"))
    return exchange


def _spot_row(instrument: SimulatedInstrument) -> dict[str, object]:
    return {
        "symbol": instrument.id,
        "baseCoin": instrument.base,
        "quoteCoin": instrument.quote,
        "innovation": "0",
        "status": "Trading",
        "marginTrading": "none",
        "lotSizeFilter": {
            "basePrecision": instrument.lot_size,
            "quotePrecision": "0.00000001",
            "minOrderQty": instrument.lot_size,
            "maxOrderQty": "9000000000",
            "minOrderAmt": "1",
            "maxOrderAmt": "2000000",
        },
        "priceFilter": {"tickSize": instrument.tick_size},
    }


def _linear_row(instrument: SimulatedInstrument, now: int) -> dict[str, object]:
    dated = instrument.expires_at is not None
    return {
        "symbol": instrument.id,
        "contractType": "LinearFutures" if dated else "LinearPerpetual",
        "status": "Trading" if instrument.is_trading(now) else "Closed",
        "baseCoin": instrument.base,
        "quoteCoin": instrument.quote,
        "launchTime": str(instrument.listed_at),
        "deliveryTime": str(instrument.expires_at or instrument.delisted_at or 0),
        "deliveryFeeRate": "",
        "priceScale": str(instrument.price_decimals),
        "leverageFilter": {"minLeverage": "1", "maxLeverage": "100.00", "leverageStep": "0.01"},
        "priceFilter": {
            "minPrice": instrument.tick_size,
            "maxPrice": "1999999.98",
            "tickSize": instrument.tick_size,
        },
        "lotSizeFilter": {
            "maxOrderQty": "9000000000",
            "minOrderQty": instrument.lot_size,
            "qtyStep": instrument.lot_size,
            "minNotionalValue": "5",
        },
        "unifiedMarginTrade": True,
        "fundingInterval": 0 if dated else 60 * instrument.funding_hours,
        "settleCoin": instrument.settle,
    }


def instruments(world: World, call: Call) -> Reply:
    """``/v5/market/instruments-info``."""
    query = call.query
    category = query.get("category", "linear")
    if category in {"inverse", "option"}:
        return envelope({"category": category, "list": [], "nextPageCursor": ""}, call.now)
    status = query.get("status", "Trading")
    listed = [
        instrument
        for instrument in world.listings.all(exchange_of(call), call.now)
        if status == ("Trading" if instrument.is_trading(call.now) else "Closed")
        and query.get("symbol", instrument.id) == instrument.id
    ]
    if category == "spot":  # one page, whatever the limit is
        rows = [_spot_row(instrument) for instrument in listed]
        return envelope({"category": category, "list": rows}, call.now)
    ids = [instrument.id for instrument in listed]
    limit = min(integer(query.get("limit")) or 500, 1000)
    # A cursor is already percent-encoded: it must come back as it was sent.
    after = unquote(query.get("cursor", "")).removeprefix("first=")
    begin = ids.index(after) if after in ids else 0
    rows = [_linear_row(instrument, call.now) for instrument in listed[begin : begin + limit]]
    more = ids[begin + limit : begin + limit + 1]
    cursor = quote(f"first={more[0]}", safe="") if more else ""
    result = {"category": category, "list": rows, "nextPageCursor": cursor}
    return envelope(result, call.now)
