"""Questions people and assets ask of the stored rows, answered exactly.

What belongs here: reading. Every function takes a connection, runs one named query and returns a
frame of exact ``Decimal`` values, or with ``floats=True`` of floats; times are UTC. Symbols,
exchanges and windows may be written as people do: ``asked`` says how. The connection to the
configured database, and asking without ``await``, is in ``arb_pipeline.notebook``.
"""

from arb_pipeline.storage.queries.balances import (
    balance_history,
    balances,
    latest_balances,
    total_balances,
)
from arb_pipeline.storage.queries.candles import (
    candle_counts,
    candles,
    candles_after,
    candles_before,
    closes,
    insane_candles,
    latest_candles,
)
from arb_pipeline.storage.queries.desk import (
    conversion_rates,
    latest_opportunities,
    opportunities,
    order_flow,
    portfolio,
    portfolio_history,
)
from arb_pipeline.storage.queries.events import account_trades, settled_funding, trades
from arb_pipeline.storage.queries.knowledge import coverage, freshness, registrations, symbols
from arb_pipeline.storage.queries.refused import exchange_rejections, rejected_rows, rejections
from arb_pipeline.storage.queries.resampling import resampled_candles
from arb_pipeline.storage.queries.snapshots import (
    book_tickers,
    funding_rates,
    latest_book_tickers,
    latest_funding_rates,
    latest_tickers,
    order_books,
    tickers,
)

__all__ = [
    "account_trades",
    "balance_history",
    "balances",
    "book_tickers",
    "candle_counts",
    "candles",
    "candles_after",
    "candles_before",
    "closes",
    "conversion_rates",
    "coverage",
    "exchange_rejections",
    "freshness",
    "funding_rates",
    "insane_candles",
    "latest_balances",
    "latest_book_tickers",
    "latest_candles",
    "latest_funding_rates",
    "latest_opportunities",
    "latest_tickers",
    "opportunities",
    "order_books",
    "order_flow",
    "portfolio",
    "portfolio_history",
    "registrations",
    "rejected_rows",
    "rejections",
    "resampled_candles",
    "settled_funding",
    "symbols",
    "tickers",
    "total_balances",
    "trades",
]
