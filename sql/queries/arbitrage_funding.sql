-- The newest predicted funding rate of every perpetual. $1 since when, $2 until when (not
-- included).
SELECT DISTINCT ON (symbol_id)
    symbol_id,
    funding_rate,
    funding_time
FROM funding_rate_snapshots
WHERE timestamp >= $1 AND timestamp < $2 AND NOT is_settled
ORDER BY symbol_id ASC, timestamp DESC
