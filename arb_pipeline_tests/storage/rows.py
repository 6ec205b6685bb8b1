"""One acceptable row for every table that collects anything."""

from __future__ import annotations

# Statements by table; all but those of INDEPENDENT need the symbols to be there.
ROWS = {
    "symbols": (
        "INSERT INTO symbols (exchange_id, exchange_symbol, symbol_base, symbol_quote, status, "
        "is_active) VALUES (1, 'BTCUSDT', 'BTC', 'USDT', 'TRADING', true), "
        "(2, 'BTCUSDT', 'BTC', 'USDT', 'TRADING', true)"
    ),
    "candles": "INSERT INTO candles VALUES (1, '1m', '2026-01-01', 1, 1, 1, 1, 0)",
    "book_ticker_snapshots": (
        "INSERT INTO book_ticker_snapshots (timestamp, symbol_id, bid_price, bid_qty, ask_price, "
        "ask_qty) VALUES ('2026-01-01', 1, 1, 1, 2, 1)"
    ),
    "ticker_snapshots": "INSERT INTO ticker_snapshots VALUES ('2026-01-01', 1, 1)",
    "trade_snapshots": "INSERT INTO trade_snapshots VALUES ('2026-01-01', 1, 1, 1, 'buy', 'a')",
    "funding_rate_snapshots": "INSERT INTO funding_rate_snapshots VALUES ('2026-01-01', 2, 0, 1)",
    "balance_snapshots": (
        "INSERT INTO balance_snapshots (timestamp, exchange_id, asset_name, available_balance) "
        "VALUES ('2026-01-01', 1, 'BTC', 1)"
    ),
    "account_trades": (
        "INSERT INTO account_trades (timestamp, symbol_id, trade_id, side, price, quantity) "
        "VALUES ('2026-01-01', 1, 'a', 'buy', 1, 1)"
    ),
    "arbitrage_opportunities": (
        "INSERT INTO arbitrage_opportunities (timestamp, opportunity_id, kind, symbol_id, "
        "buy_exchange_id, sell_symbol_id, sell_exchange_id, buy_price, sell_price, quantity, "
        "spread_bps, fee_bps, net_bps, net_profit, peak_net_bps, opened_at) VALUES ('2026-01-01', "
        "gen_random_uuid(), 'spot_perpetual', 1, 1, 2, 2, 1, 2, 1, 9, 1, 8, 1, 8, '2026-01-01')"
    ),
    "arbitrage_beats": (
        "INSERT INTO arbitrage_beats VALUES ('2026-01-01', 1, 9, 1, 1, 1, 1, 9, 1, 1, 1, 1, 1, 8)"
    ),
    "conversion_rates": (
        "INSERT INTO conversion_rates VALUES ('2026-01-01', 'USDC', 'USDT', 0.9999)"
    ),
    "order_book_levels": (
        "INSERT INTO order_book_levels VALUES ('2026-01-01', 1, 'bid', 1, 99.5, 2)"
    ),
    "order_flow_metrics": (
        "INSERT INTO order_flow_metrics (timestamp, symbol_id, window_seconds, book_count, "
        "trade_count) VALUES ('2026-01-01', 1, 60, 1, 1)"
    ),
    "portfolio_items": (
        "INSERT INTO portfolio_items (timestamp, exchange_id, asset_name, reference_currency, "
        "quantity) VALUES ('2026-01-01', 1, 'BTC', 'USDT', 1)"
    ),
    "coverage": (
        "INSERT INTO coverage (symbol_id, data_set, day) VALUES (1, 'trades', '2026-01-01')"
    ),
    "registrations": (
        "INSERT INTO registrations (symbol_id, data_set, registered_at, history_from) "
        "VALUES (1, 'trades', '2026-01-01', '2025-12-01')"
    ),
    "repair_attempts": (
        "INSERT INTO repair_attempts (symbol_id, data_set, day, attempts, last_attempt_at, "
        "next_attempt_at) VALUES (1, 'trades', '2026-01-01', 1, '2026-01-02', '2026-01-03')"
    ),
    "rejected_records": (
        "INSERT INTO rejected_records (data_set, exchange_id, reason, payload) "
        "VALUES ('trades', 1, 'bad', '{}')"
    ),
    "collections": (
        "INSERT INTO collections (timestamp, exchange_id, asset, row_count, rejected, lookups, "
        "lookup_misses, run_id) VALUES ('2026-01-01', 1, 'tickers', 1, 0, 1, 0, '')"
    ),
    "company_blocks": "INSERT INTO company_blocks VALUES ('BINANCE', '2026-01-01', 'too many')",
    "rate_budgets": "INSERT INTO rate_budgets VALUES ('default', 'BINANCE', 'spot')",
    "latest_balances": (
        "INSERT INTO latest_balances (exchange_id, asset_name, timestamp, available_balance, "
        "locked_balance) VALUES (1, 'BTC', '2026-01-01', 1, 0)"
    ),
}

INDEPENDENT = (
    "symbols",
    "balance_snapshots",
    "portfolio_items",
    "arbitrage_beats",
    "conversion_rates",
    "rejected_records",
    "collections",
    "company_blocks",
    "rate_budgets",
    "latest_balances",
)
