-- Views hold no rows.
DROP VIEW funding_rate_snapshots_named;
DROP VIEW trade_snapshots_named;
DROP VIEW ticker_snapshots_named;
DROP VIEW book_ticker_snapshots_named;
DROP VIEW candles_named;
DROP VIEW price_data;
