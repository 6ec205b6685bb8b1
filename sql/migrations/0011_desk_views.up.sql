-- The rest of the time series with names beside them.

CREATE VIEW balance_snapshots_named AS
SELECT
    e.enum_value AS exchange,
    b.asset_name,
    b.timestamp,
    b.available_balance,
    b.locked_balance,
    b.total_balance,
    b.frozen_balance,
    b.borrowing_balance,
    b.interest_balance,
    b.exchange_timestamp,
    b.created_at,
    b.exchange_id,
    b.id
FROM balance_snapshots AS b
INNER JOIN exchanges AS e ON b.exchange_id = e.id;
COMMENT ON VIEW balance_snapshots_named IS 'balance_snapshots with the exchange by name.';

CREATE VIEW arbitrage_opportunities_named AS
SELECT
    o.timestamp,
    o.opportunity_id,
    o.kind,
    be.enum_value AS buy_exchange,
    bs.symbol_base || '/' || bs.symbol_quote AS buy_symbol,
    bs.exchange_symbol AS buy_exchange_symbol,
    se.enum_value AS sell_exchange,
    ss.symbol_base || '/' || ss.symbol_quote AS sell_symbol,
    ss.exchange_symbol AS sell_exchange_symbol,
    o.buy_price,
    o.sell_price,
    o.quantity,
    o.conversion_rate,
    o.spread_bps,
    o.fee_bps,
    o.funding_bps,
    o.transfer_cost,
    o.net_bps,
    o.net_profit,
    o.peak_net_bps,
    o.opened_at,
    o.timestamp - o.opened_at AS age,
    o.created_at,
    o.symbol_id,
    o.sell_symbol_id
FROM arbitrage_opportunities AS o
INNER JOIN symbols AS bs ON o.symbol_id = bs.id
INNER JOIN exchanges AS be ON o.buy_exchange_id = be.id
INNER JOIN symbols AS ss ON o.sell_symbol_id = ss.id
INNER JOIN exchanges AS se ON o.sell_exchange_id = se.id;
COMMENT ON VIEW arbitrage_opportunities_named IS
'arbitrage_opportunities with exchanges and symbols by name, and how long each has lasted.';

CREATE VIEW order_flow_metrics_named AS
SELECT
    e.enum_value AS exchange,
    s.symbol_base || '/' || s.symbol_quote AS symbol,
    s.exchange_symbol,
    m.timestamp,
    m.window_seconds,
    m.ofi_score,
    m.microprice,
    m.volume_imbalance,
    m.buy_volume,
    m.sell_volume,
    m.book_count,
    m.trade_count,
    m.created_at,
    m.symbol_id
FROM order_flow_metrics AS m
INNER JOIN symbols AS s ON m.symbol_id = s.id
INNER JOIN exchanges AS e ON s.exchange_id = e.id;
COMMENT ON VIEW order_flow_metrics_named IS 'order_flow_metrics with exchange and symbol by name.';

CREATE VIEW account_trades_named AS
SELECT
    e.enum_value AS exchange,
    s.symbol_base || '/' || s.symbol_quote AS symbol,
    s.exchange_symbol,
    t.timestamp,
    t.trade_id,
    t.order_id,
    t.side,
    t.price,
    t.quantity,
    t.quote_quantity,
    t.fee,
    t.fee_asset,
    t.is_maker,
    t.received_at,
    t.symbol_id,
    t.id
FROM account_trades AS t
INNER JOIN symbols AS s ON t.symbol_id = s.id
INNER JOIN exchanges AS e ON s.exchange_id = e.id;
COMMENT ON VIEW account_trades_named IS 'account_trades with exchange and symbol by name.';

CREATE VIEW coverage_named AS
SELECT
    e.enum_value AS exchange,
    s.symbol_base || '/' || s.symbol_quote AS symbol,
    s.exchange_symbol,
    c.data_set,
    c.timeframe,
    c.day,
    c.present,
    c.absent,
    c.unreachable,
    c.updated_at,
    c.symbol_id
FROM coverage AS c
INNER JOIN symbols AS s ON c.symbol_id = s.id
INNER JOIN exchanges AS e ON s.exchange_id = e.id;
COMMENT ON VIEW coverage_named IS 'coverage with exchange and symbol by name.';
