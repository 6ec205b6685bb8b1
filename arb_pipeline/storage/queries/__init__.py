"""Questions people and assets ask of the stored rows, answered exactly.

What belongs here: reading. Every function takes a connection and, where time matters, a half-open
window in milliseconds or a number of hours before now, runs one named query and returns exact
``Decimal`` values; frames hold one row per stored row and times in UTC.
"""

from arb_pipeline.storage.queries.balances import (
    balance_history,
    balances,
    latest_balances,
    total_balances,
)
from arb_pipeline.storage.queries.candles import candles, closes, insane_candles
from arb_pipeline.storage.queries.events import account_trades, settled_funding, trades
from arb_pipeline.storage.queries.refused import exchange_rejections, rejections
from arb_pipeline.storage.queries.snapshots import (
    book_tickers,
    funding_rates,
    latest_book_tickers,
    tickers,
)

__all__ = [
    "account_trades",
    "balance_history",
    "balances",
    "book_tickers",
    "candles",
    "closes",
    "exchange_rejections",
    "funding_rates",
    "insane_candles",
    "latest_balances",
    "latest_book_tickers",
    "rejections",
    "settled_funding",
    "tickers",
    "total_balances",
    "trades",
]
