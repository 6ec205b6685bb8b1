-- Chunks of funding rates that end at or before a time and hold predicted ones, and whether they
-- hold paid funding too. $1 the time.
WITH oldest AS MATERIALIZED (
    SELECT min(timestamp) AS moment
    FROM funding_rate_snapshots
    WHERE timestamp < $1::TIMESTAMPTZ AND NOT is_settled
)

SELECT
    c.chunk_name::TEXT AS name,
    held.has_paid
FROM timescaledb_information.chunks AS c
INNER JOIN oldest AS o ON c.range_end > o.moment
CROSS JOIN LATERAL (
    SELECT
        bool_or(f.is_settled) AS has_paid,
        bool_or(NOT f.is_settled) AS has_predicted
    FROM funding_rate_snapshots AS f
    WHERE f.timestamp >= c.range_start AND f.timestamp < c.range_end
) AS held
WHERE
    c.hypertable_schema = 'public'
    AND c.hypertable_name = 'funding_rate_snapshots'
    AND c.range_end <= $1::TIMESTAMPTZ
    AND held.has_predicted
