-- Order-flow metrics of some symbols. $2 and $3 the window of their ends, half-open, $4 their
-- length in seconds or null for all.
SELECT
    symbol_id,
    timestamp,
    window_seconds,
    ofi_score,
    microprice,
    volume_imbalance,
    buy_volume,
    sell_volume,
    book_count,
    trade_count
FROM order_flow_metrics
WHERE
    symbol_id = any($1::INTEGER []) AND timestamp >= $2 AND timestamp < $3
    AND ($4::INTEGER IS NULL OR window_seconds = $4::INTEGER)
ORDER BY symbol_id, timestamp, window_seconds
