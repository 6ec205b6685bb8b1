-- Views hold no rows.
DROP VIEW coverage_named;
DROP VIEW account_trades_named;
DROP VIEW order_flow_metrics_named;
DROP VIEW arbitrage_opportunities_named;
DROP VIEW balance_snapshots_named;
