"""One exchange's row of its list of symbols as a ``Listing``, every number exact.

What belongs here: which field is what, per exchange, and which rows are of the market we mean.
What does not: fetching. Currency codes go through ccxt, which knows the renamed ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from arb_pipeline.exchanges.candle_cells import product
from arb_pipeline.exchanges.listing_cells import (
    BadListing,
    decimal,
    hours,
    instant,
    percent,
    step,
    text,
)
from arb_pipeline.model import Exchange, Listing

CodeOf = Callable[[str], str | None]
_NAME = re.compile(r"[^\s\x00-\x1f\x7f-\x9f]{1,64}")
_PERPETUAL_UNTIL = 4_133_404_800_000  # Binance's delivery date of what is never delivered


def listing(exchange: Exchange, row: Any, code_of: CodeOf) -> Listing | None:
    """The listing a row is; None where it is of another market, such as a dated future.

    Raises:
        BadListing: the row is malformed.
    """
    if not isinstance(row, dict):
        raise BadListing("the row is no object")
    try:
        found = _PARSERS[exchange](exchange, row)
    except (TypeError, AttributeError, LookupError, ValueError, ArithmeticError) as error:
        raise BadListing(f"the row is shaped otherwise ({type(error).__name__})") from error
    if found is None:
        return None
    base, quote = code_of(found.base), code_of(found.quote)
    for name in (found.exchange_symbol, base, quote):
        if name is None or not _NAME.fullmatch(name):
            raise BadListing(f"{name!r} is no name of 1 to 64 visible characters")
    return replace(found, base=base or "", quote=quote or "")


def _binance_spot(exchange: Exchange, row: Mapping[str, Any]) -> Listing:
    notional = _filter(row, "NOTIONAL") or _filter(row, "MIN_NOTIONAL")
    return Listing(
        exchange=exchange,
        exchange_symbol=text(row, "symbol"),
        base=text(row, "baseAsset"),
        quote=text(row, "quoteAsset"),
        status=text(row, "status"),
        is_active=row["status"] == "TRADING",
        tick_size=decimal(_filter(row, "PRICE_FILTER").get("tickSize")),
        lot_size=decimal(_filter(row, "LOT_SIZE").get("stepSize")),
        min_quantity=decimal(_filter(row, "LOT_SIZE").get("minQty")),
        min_notional=decimal(notional.get("minNotional", notional.get("notional"))),
    )


def _binance_futures(exchange: Exchange, row: Mapping[str, Any]) -> Listing | None:
    perpetual = (
        row.get("contractType") == "PERPETUAL" or row.get("deliveryDate") == _PERPETUAL_UNTIL
    )
    if not perpetual or row.get("marginAsset") != "USDT" or row.get("quoteAsset") != "USDT":
        return None
    return replace(_binance_spot(exchange, row), listed_at=instant(row.get("onboardDate")))


def _filter(row: Mapping[str, Any], kind: str) -> dict[str, Any]:
    return next((one for one in row.get("filters", ()) if one["filterType"] == kind), {})


def _mexc_spot(exchange: Exchange, row: Mapping[str, Any]) -> Listing:
    status = str(row["status"])
    return Listing(
        exchange=exchange,
        exchange_symbol=text(row, "symbol"),
        base=text(row, "baseAsset"),
        quote=text(row, "quoteAsset"),
        status=status,
        is_active=status == "1" and row.get("isSpotTradingAllowed") is True,
        tick_size=step(row.get("quoteAssetPrecision")),
        lot_size=step(row.get("baseAssetPrecision")),
        min_quantity=decimal(row.get("baseSizePrecision")),
        min_notional=decimal(row.get("quoteAmountPrecision")),
        maker_fee=decimal(row.get("makerCommission")),
        taker_fee=decimal(row.get("takerCommission")),
    )


def _gate_spot(exchange: Exchange, row: Mapping[str, Any]) -> Listing:
    taker = percent(row.get("fee"))
    status = text(row, "trade_status")
    return Listing(
        exchange=exchange,
        exchange_symbol=text(row, "id"),
        # The row's own fields: an id such as GTC_HT_USDT can't be taken apart.
        base=text(row, "base"),
        quote=text(row, "quote"),
        status=status,
        is_active=status == "tradable",
        tick_size=step(row.get("precision")),
        lot_size=step(row.get("amount_precision")),
        min_quantity=decimal(row.get("min_base_amount")),
        min_notional=decimal(row.get("min_quote_amount")),
        maker_fee=percent(row.get("maker_fee_rate")) or taker,
        taker_fee=taker,
        listed_at=instant(row.get("buy_start"), 1000),
    )


def _gate_futures(exchange: Exchange, row: Mapping[str, Any]) -> Listing | None:
    name = text(row, "name")
    base, separator, quote = name.rpartition("_")
    if quote != "USDT" or row.get("type", "direct") != "direct":
        return None
    size = decimal(row.get("quanto_multiplier"))
    if not base or not separator or size is None or not Decimal(size):
        raise BadListing(f"contract size {row.get('quanto_multiplier')!r} of {name!r}")
    least = decimal(row.get("order_size_min"))
    seconds = row.get("funding_interval")
    delisting = row.get("in_delisting") is True
    status = str(row.get("status", "trading"))
    return Listing(
        exchange=exchange,
        exchange_symbol=name,
        base=base,
        quote=quote,
        status="in_delisting" if delisting and status == "trading" else status,
        is_active=status == "trading" and not delisting,
        tick_size=decimal(row.get("order_price_round")),
        lot_size=size,  # one contract, in base units as everywhere else
        contract_size=size,
        min_quantity=None if least is None else product(least, Decimal(size)),
        maker_fee=decimal(row.get("maker_fee_rate")),
        taker_fee=decimal(row.get("taker_fee_rate")),
        funding_interval_hours=hours(seconds, 3600),
        listed_at=instant(row.get("launch_time") or row.get("create_time"), 1000),
    )


def _bybit_spot(exchange: Exchange, row: Mapping[str, Any]) -> Listing:
    lot, price = row.get("lotSizeFilter") or {}, row.get("priceFilter") or {}
    status = text(row, "status")
    return Listing(
        exchange=exchange,
        exchange_symbol=text(row, "symbol"),
        base=text(row, "baseCoin"),
        quote=text(row, "quoteCoin"),
        status=status,
        is_active=status == "Trading",
        tick_size=decimal(price.get("tickSize")),
        lot_size=decimal(lot.get("basePrecision", lot.get("qtyStep"))),
        min_quantity=decimal(lot.get("minOrderQty")),
        min_notional=decimal(lot.get("minOrderAmt", lot.get("minNotionalValue"))),
    )


def _bybit_futures(exchange: Exchange, row: Mapping[str, Any]) -> Listing | None:
    if row.get("contractType") != "LinearPerpetual" or row.get("settleCoin") != "USDT":
        return None
    return replace(
        _bybit_spot(exchange, row),
        funding_interval_hours=hours(row.get("fundingInterval"), 60),
        listed_at=instant(row.get("launchTime")),
    )


_PARSERS: Mapping[Exchange, Callable[[Exchange, Mapping[str, Any]], Listing | None]] = {
    Exchange.BINANCE_SPOT: _binance_spot,
    Exchange.BINANCE_FUTURES: _binance_futures,
    Exchange.BYBIT_SPOT: _bybit_spot,
    Exchange.BYBIT_FUTURES: _bybit_futures,
    Exchange.GATEIO_SPOT: _gate_spot,
    Exchange.GATEIO_FUTURES: _gate_futures,
    Exchange.MEXC_SPOT: _mexc_spot,
}
