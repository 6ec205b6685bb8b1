-- Chunks of funding rates that hold predicted ones, and whether they hold paid funding too.
-- $1 and $2 the window, half-open: chunks that end in it, or with it, and what of them lies in it.
SELECT
    c.chunk_name::TEXT AS name,
    held.has_paid
FROM timescaledb_information.chunks AS c
CROSS JOIN LATERAL (
    SELECT
        bool_or(f.is_settled) AS has_paid,
        bool_or(NOT f.is_settled) AS has_predicted
    FROM funding_rate_snapshots AS f
    WHERE
        f.timestamp >= c.range_start AND f.timestamp < c.range_end
        -- Known to the planner, which so passes over the chunks outside.
        AND f.timestamp >= $1::TIMESTAMPTZ AND f.timestamp < $2::TIMESTAMPTZ
) AS held
WHERE
    c.hypertable_schema = 'public'
    AND c.hypertable_name = 'funding_rate_snapshots'
    AND c.range_end > $1::TIMESTAMPTZ
    AND c.range_end <= $2::TIMESTAMPTZ
    AND held.has_predicted
