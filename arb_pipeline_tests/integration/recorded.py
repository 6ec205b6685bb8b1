"""The recorded market data, where it is at hand."""

from __future__ import annotations

import csv
import gzip
import os
from pathlib import Path

import pytest

_HERE = Path(__file__).resolve()
FOLDER = Path(os.environ.get("ARB_MARKET_DATA", _HERE.parents[3] / "shared" / "market-data"))
XRP_ETH = FOLDER / "binance_spot_xrp-eth_candles-1m.csv.gz"
XRP_ETH_TRADES = FOLDER / "binance_spot_xrp-eth_trades.csv.gz"
XRP_USDT_FUNDING = FOLDER / "binance_futures_xrp-usdt_funding-8h.csv"
BTC_PERP = FOLDER / "ftx_btc-perp_candles-1m.csv.gz"
ETH_BTC = FOLDER / "binance_spot_eth-btc_candles-5m.csv.gz"

needs_recordings = pytest.mark.skipif(
    not FOLDER.is_dir(),
    reason="the recorded market data is not at hand: set ARB_MARKET_DATA to its folder",
)


def recorded_candles(path: Path) -> list[tuple[int, str, str, str, str, str]]:
    """Open time in milliseconds and the five decimals, as text, in the order of the file."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return [
            (int(row[0]), row[1], row[2], row[3], row[4], row[5])
            for row in list(csv.reader(lines))[1:]
        ]


def recorded_trades(path: Path) -> list[tuple[int, str, str, str, str]]:
    """Time in milliseconds, price, quantity, the taker's side and id, in the order of the file."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return [
            (int(time), price, quantity, side, name)
            for name, time, side, price, quantity in list(csv.reader(lines))[1:]
        ]


def recorded_funding(path: Path) -> list[tuple[int, str]]:
    """Time in milliseconds and rate, in the order of the file."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [(int(time), rate) for time, rate in list(csv.reader(lines))[1:]]
