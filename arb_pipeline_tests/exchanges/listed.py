"""Rows of lists of symbols as exchanges send them, and what is to be read of each."""

from __future__ import annotations

from typing import Any

from arb_pipeline.model import Exchange

GATE_CONTRACT = {
    "name": "BTC_USDT", "type": "direct", "quanto_multiplier": "0.0001",
    "order_price_round": "0.1", "maker_fee_rate": "-0.0001", "taker_fee_rate": "0.00075",
    "funding_interval": 14400, "status": "trading", "in_delisting": False,
    "create_time": 1_600_000_000, "order_size_min": 2,
}  # fmt: skip
WIRE: list[tuple[Exchange, dict[str, Any], dict[str, Any]]] = [
    (
        Exchange.GATEIO_FUTURES,
        GATE_CONTRACT,
        {
            "tick_size": "0.1", "lot_size": "0.0001", "contract_size": "0.0001",
            "min_quantity": "0.0002", "maker_fee": "-0.0001", "taker_fee": "0.00075",
            "funding_interval_hours": "4", "listed_at": 1_600_000_000_000, "status": "trading",
            "is_active": True,
        },
    ),
    (
        Exchange.GATEIO_FUTURES,
        {**GATE_CONTRACT, "in_delisting": True},
        {"status": "in_delisting", "is_active": False},
    ),
    (
        Exchange.GATEIO_SPOT,
        {
            "id": "GTC_HT_USDT", "base": "GTC_HT", "quote": "USDT", "fee": "0.2", "precision": 6,
            "amount_precision": 3, "min_quote_amount": "0.001", "min_base_amount": "5.25",
            "trade_status": "untradable", "buy_start": 1_700_492_400,
        },
        {
            "base": "GAMECOM_HT", "tick_size": "0.000001", "lot_size": "0.001",
            "min_quantity": "5.25", "taker_fee": "0.002", "min_notional": "0.001",
            "is_active": False, "listed_at": 1_700_492_400_000,
        },
    ),
    (
        Exchange.MEXC_SPOT,
        {
            "symbol": "GASUSDT", "status": "1", "baseAsset": "GAS", "quoteAsset": "USDT",
            "baseAssetPrecision": 2, "quoteAssetPrecision": 7, "isSpotTradingAllowed": False,
            "baseSizePrecision": "0.030", "quoteAmountPrecision": "1",
            "makerCommission": "0", "takerCommission": "0.0005",
        },
        {
            "base": "GASDAO", "tick_size": "0.0000001", "lot_size": "0.01", "min_notional": "1",
            "min_quantity": "0.030", "maker_fee": "0", "taker_fee": "0.0005", "is_active": False,
        },
    ),
    (
        Exchange.BINANCE_FUTURES,
        {
            "symbol": "BTCUSDT", "baseAsset": "BTC", "quoteAsset": "USDT", "marginAsset": "USDT",
            "contractType": "PERPETUAL", "status": "TRADING",
            "filters": [
                {"filterType": "PRICE_FILTER", "tickSize": "0.10"},
                {"filterType": "LOT_SIZE", "stepSize": "0.001", "minQty": "0.002"},
                {"filterType": "MIN_NOTIONAL", "notional": "100"},
            ],
        },
        {
            "tick_size": "0.10", "lot_size": "0.001", "min_quantity": "0.002",
            "min_notional": "100", "is_active": True,
        },
    ),
    (
        Exchange.BYBIT_SPOT,
        {
            "symbol": "BTCUSDT", "baseCoin": "BTC", "quoteCoin": "USDT", "status": "Trading",
            "priceFilter": {"tickSize": "0.1"},
            "lotSizeFilter": {
                "basePrecision": "0.000001", "minOrderQty": "0.000048", "minOrderAmt": "5",
            },
        },
        {"lot_size": "0.000001", "min_quantity": "0.000048", "min_notional": "5"},
    ),
]  # fmt: skip
