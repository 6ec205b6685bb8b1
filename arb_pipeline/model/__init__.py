"""The words every room shares: exchanges, timeframes, intervals, instruments and pages.

What belongs here: plain typed values that both ``exchanges/`` (which produces them) and
``storage/`` (which persists them) speak, and that import nothing but the standard library.
What does not: talking to an exchange, to the database or to Dagster.

Times are ``int`` milliseconds since the Unix epoch, UTC. Intervals are half-open: ``start``
belongs to them, ``end`` does not. Prices and quantities are the decimal strings the exchange
sent; they become ``NUMERIC`` in the database and ``Decimal`` where Python computes.
"""

from arb_pipeline.model.balances import balances_to_ccxt
from arb_pipeline.model.candle_lines import NOTHING, CandleLines, LazyCandles
from arb_pipeline.model.candles import Candle
from arb_pipeline.model.facts import CandlePage, CandleRow, Instrument, Listing, Rejection
from arb_pipeline.model.history import FillRow, FundingRow, HistoryPage, TradeRow
from arb_pipeline.model.names import Company, DataSet, Exchange, MarketType
from arb_pipeline.model.snapshots import (
    BalanceSnapshot,
    BookTicker,
    FundingRate,
    Snapshot,
    SnapshotPage,
    Ticker,
)
from arb_pipeline.model.times import (
    DAY_MS,
    TIMEFRAMES,
    Interval,
    Timeframe,
    iso,
    merge,
    now_ms,
    subtract,
)
from arb_pipeline.model.trades import AccountTrade, Trade

__all__ = [
    "DAY_MS",
    "NOTHING",
    "TIMEFRAMES",
    "AccountTrade",
    "BalanceSnapshot",
    "BookTicker",
    "Candle",
    "CandleLines",
    "CandlePage",
    "CandleRow",
    "Company",
    "DataSet",
    "Exchange",
    "FillRow",
    "FundingRate",
    "FundingRow",
    "HistoryPage",
    "Instrument",
    "Interval",
    "LazyCandles",
    "Listing",
    "MarketType",
    "Rejection",
    "Snapshot",
    "SnapshotPage",
    "Ticker",
    "Timeframe",
    "Trade",
    "TradeRow",
    "balances_to_ccxt",
    "iso",
    "merge",
    "now_ms",
    "subtract",
]
