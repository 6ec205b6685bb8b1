-- Funding rates for a picture: every settled one, and of the predicted ones the last of each
-- stretch, in percent as floats. $1 symbols, $2 length of a stretch, $3 and $4 the window,
-- half-open.
SELECT
    symbol_id,
    is_settled,
    CASE WHEN is_settled THEN timestamp ELSE time_bucket($2::INTERVAL, timestamp) END AS moment,
    last(funding_rate, timestamp)::FLOAT8 * 100 AS percent,
    last(funding_interval_hours, timestamp)::FLOAT8 AS hours
FROM funding_rate_snapshots
WHERE symbol_id = any($1::INTEGER []) AND timestamp >= $3 AND timestamp < $4
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
