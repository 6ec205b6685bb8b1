-- The oldest predicted funding rate before a time. $1 the time.
SELECT min(timestamp) AS oldest
FROM funding_rate_snapshots
WHERE timestamp < $1::TIMESTAMPTZ AND NOT is_settled
