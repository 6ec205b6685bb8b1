-- Tickers of some symbols. $2 and $3 the window, half-open.
SELECT
    symbol_id,
    timestamp,
    last_price,
    high_24h,
    low_24h,
    base_volume_24h,
    quote_volume_24h,
    mark_price,
    index_price,
    exchange_timestamp,
    created_at
FROM ticker_snapshots
WHERE symbol_id = any($1::INTEGER []) AND timestamp >= $2 AND timestamp < $3
ORDER BY symbol_id, timestamp
