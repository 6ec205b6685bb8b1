"""ccxt's unified structures, for records that are shown or handed on.

What belongs here: the shape of a structure, with every key ccxt's own parsers give it. What does
not: what a record puts into it (the records), and reading numbers (``exact.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

Structure = dict[str, Any]
_TICKER = (
    "high",
    "low",
    "bid",
    "bidVolume",
    "ask",
    "askVolume",
    "vwap",
    "open",
    "close",
    "last",
    "previousClose",
    "change",
    "percentage",
    "average",
    "baseVolume",
    "quoteVolume",
    "markPrice",
    "indexPrice",
)
_FUNDING = (
    "markPrice",
    "indexPrice",
    "interestRate",
    "estimatedSettlePrice",
    "fundingRate",
    "fundingTimestamp",
    "fundingDatetime",
    "nextFundingRate",
    "nextFundingTimestamp",
    "nextFundingDatetime",
    "previousFundingRate",
    "previousFundingTimestamp",
    "previousFundingDatetime",
    "interval",
)
_TRADE = ("id", "order", "type", "side", "takerOrMaker", "price", "amount", "cost", "fee")


def ticker(symbol: str, timestamp: int | None, values: Mapping[str, Any]) -> Structure:
    """A ticker or a row of bids and asks; what ``values`` lacks is None."""
    return _structure(_TICKER, symbol, timestamp, values)


def funding_rate(symbol: str, timestamp: int | None, values: Mapping[str, Any]) -> Structure:
    """A funding rate; what ``values`` lacks is None."""
    return _structure(_FUNDING, symbol, timestamp, values)


def trade(symbol: str, timestamp: int, values: Mapping[str, Any]) -> Structure:
    """A public trade or an own one; what ``values`` lacks is None."""
    return {**_structure(_TRADE, symbol, timestamp, values), "fees": []}


def iso8601(timestamp: int | None) -> str | None:
    """Ccxt's ``datetime``: UTC with milliseconds."""
    if timestamp is None:
        return None
    seconds, millis = divmod(timestamp, 1000)
    text = datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{millis:03d}Z"


def _structure(
    keys: tuple[str, ...], symbol: str, timestamp: int | None, values: Mapping[str, Any]
) -> Structure:
    return {
        "symbol": symbol,
        "timestamp": timestamp,
        "datetime": iso8601(timestamp),
        **dict.fromkeys(keys),
        **values,
        "info": {},
    }
