-- Public trades of some symbols. $2 and $3 the window, half-open.
SELECT
    symbol_id,
    timestamp,
    price,
    quantity,
    side,
    trade_id,
    is_synthetic_id,
    received_at
FROM trade_snapshots
WHERE symbol_id = any($1::INTEGER []) AND timestamp >= $2 AND timestamp < $3
ORDER BY symbol_id, timestamp, trade_id
