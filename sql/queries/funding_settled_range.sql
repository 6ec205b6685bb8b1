-- Settled funding of some symbols. $2 and $3 the window of payment, half-open.
SELECT
    symbol_id,
    timestamp,
    funding_rate,
    TIMESTAMPTZ 'epoch' + funding_time * INTERVAL '1 millisecond' AS funding_time,
    funding_interval_hours,
    mark_price,
    created_at
FROM funding_rate_snapshots
WHERE
    symbol_id = any($1::INTEGER []) AND timestamp >= $2 AND timestamp < $3 AND is_settled
ORDER BY symbol_id, timestamp
