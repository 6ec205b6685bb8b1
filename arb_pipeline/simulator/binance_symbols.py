"""Binance's lists of symbols."""

from __future__ import annotations

from arb_pipeline.model import Exchange
from arb_pipeline.simulator.dialect import Call, Reply, World, dump
from arb_pipeline.simulator.instruments import SimulatedInstrument

_NO_DELIVERY = 4_133_404_800_000  # what Binance sends for perpetuals: 2100-12-25 08:00 UTC


def _filters(instrument: SimulatedInstrument, notional: dict[str, str]) -> list[dict[str, str]]:
    return [
        {
            "filterType": "PRICE_FILTER",
            "minPrice": instrument.tick_size,
            "maxPrice": "1000000.00000000",
            "tickSize": instrument.tick_size,
        },
        {
            "filterType": "LOT_SIZE",
            "minQty": instrument.lot_size,
            "maxQty": "9000000000.00000000",
            "stepSize": instrument.lot_size,
        },
        notional,
    ]


def spot(world: World, call: Call) -> Reply:
    """``/api/v3/exchangeInfo``."""
    symbols = [
        {
            "symbol": instrument.id,
            "status": "TRADING" if instrument.is_trading(call.now) else "BREAK",
            "baseAsset": instrument.base,
            "baseAssetPrecision": 8,
            "quoteAsset": instrument.quote,
            "quotePrecision": 8,
            "quoteAssetPrecision": 8,
            "orderTypes": ["LIMIT", "LIMIT_MAKER", "MARKET"],
            "isSpotTradingAllowed": True,
            "isMarginTradingAllowed": False,
            "filters": _filters(
                instrument,
                {"filterType": "NOTIONAL", "minNotional": "5.00000000", "maxNotional": "9000000"},
            ),
            "permissions": [],
            "permissionSets": [["SPOT"]],
        }
        for instrument in world.listings.all(Exchange.BINANCE_SPOT, call.now)
    ]
    return dump(
        {
            "timezone": "UTC",
            "serverTime": call.now,
            "rateLimits": [
                {
                    "rateLimitType": "REQUEST_WEIGHT",
                    "interval": "MINUTE",
                    "intervalNum": 1,
                    "limit": 6000,
                }
            ],
            "exchangeFilters": [],
            "symbols": symbols,
        }
    )


def futures(world: World, call: Call) -> Reply:
    """``/fapi/v1/exchangeInfo``."""
    symbols = [
        {
            "symbol": instrument.id,
            "pair": f"{instrument.base}{instrument.quote}",
            "contractType": "CURRENT_QUARTER" if instrument.expires_at else "PERPETUAL",
            "deliveryDate": instrument.expires_at or instrument.delisted_at or _NO_DELIVERY,
            "onboardDate": instrument.listed_at,
            "status": "TRADING" if instrument.is_trading(call.now) else "SETTLING",
            "baseAsset": instrument.base,
            "quoteAsset": instrument.quote,
            "marginAsset": instrument.settle,
            "pricePrecision": instrument.price_decimals,
            "quantityPrecision": instrument.quantity_decimals,
            "baseAssetPrecision": 8,
            "quotePrecision": 8,
            "underlyingType": "COIN",
            "filters": _filters(instrument, {"filterType": "MIN_NOTIONAL", "notional": "5"}),
            "orderTypes": ["LIMIT", "MARKET"],
            "timeInForce": ["GTC", "IOC", "FOK", "GTX"],
        }
        for instrument in world.listings.all(Exchange.BINANCE_FUTURES, call.now)
    ]
    return dump(
        {
            "timezone": "UTC",
            "serverTime": call.now,
            "rateLimits": [
                {
                    "rateLimitType": "REQUEST_WEIGHT",
                    "interval": "MINUTE",
                    "intervalNum": 1,
                    "limit": 2400,
                }
            ],
            "exchangeFilters": [],
            "assets": [],
            "symbols": symbols,
        }
    )


def coin_margined(world: World, call: Call) -> Reply:
    """``/dapi/v1/exchangeInfo``: coin-margined contracts are not simulated."""
    return dump({"timezone": "UTC", "serverTime": call.now, "rateLimits": [], "symbols": []})
