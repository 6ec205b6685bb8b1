-- Funding rates of some symbols, predicted and settled. $2 and $3 the window, half-open.
SELECT
    symbol_id,
    timestamp,
    funding_rate,
    TIMESTAMPTZ 'epoch' + funding_time * INTERVAL '1 millisecond' AS funding_time,
    TIMESTAMPTZ 'epoch' + next_funding_time * INTERVAL '1 millisecond' AS next_funding_time,
    is_settled,
    funding_interval_hours,
    mark_price,
    index_price,
    exchange_timestamp,
    created_at
FROM funding_rate_snapshots
WHERE symbol_id = any($1::INTEGER []) AND timestamp >= $2 AND timestamp < $3
ORDER BY symbol_id, timestamp, is_settled
