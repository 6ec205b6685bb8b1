-- Merge the staged page of settled funding; rows that already stand there with the same values are
-- not touched. Hours and mark price that are not known this time do not erase stored ones.
-- $1 symbol, $2 and $3 the staged rows' window, half-open: it lets the planner pass over the
-- chunks outside.
-- Returns one row per UTC day: how many rows are new, changed and unchanged.
WITH known AS (
    SELECT timestamp
    FROM funding_rate_snapshots
    WHERE symbol_id = $1 AND timestamp >= $2 AND timestamp < $3 AND is_settled
),

merged AS (
    INSERT INTO funding_rate_snapshots AS f (
        symbol_id, timestamp, funding_time, funding_rate, funding_interval_hours, mark_price,
        is_settled
    )
    SELECT
        symbol_id, timestamp, funding_time, funding_rate, funding_interval_hours, mark_price,
        is_settled
    FROM funding_rate_snapshots_staging
    ON CONFLICT (symbol_id, timestamp, is_settled) DO UPDATE SET
        funding_time = excluded.funding_time,
        funding_rate = excluded.funding_rate,
        funding_interval_hours
        = coalesce(excluded.funding_interval_hours, f.funding_interval_hours),
        mark_price = coalesce(excluded.mark_price, f.mark_price),
        created_at = excluded.created_at
    WHERE (f.funding_time, f.funding_rate, f.funding_interval_hours, f.mark_price)
        IS DISTINCT FROM (
            excluded.funding_time, excluded.funding_rate,
            coalesce(excluded.funding_interval_hours, f.funding_interval_hours),
            coalesce(excluded.mark_price, f.mark_price)
        )
    RETURNING f.timestamp
)

SELECT
    (s.timestamp AT TIME ZONE 'UTC')::date AS day,
    count(*) FILTER (WHERE k.timestamp IS NULL) AS inserted,
    count(*) FILTER (WHERE k.timestamp IS NOT NULL AND m.timestamp IS NOT NULL) AS updated,
    count(*) FILTER (WHERE k.timestamp IS NOT NULL AND m.timestamp IS NULL) AS unchanged
FROM funding_rate_snapshots_staging AS s
LEFT JOIN known AS k ON s.timestamp = k.timestamp
LEFT JOIN merged AS m ON s.timestamp = m.timestamp
GROUP BY day
