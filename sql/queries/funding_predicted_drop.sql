-- Delete predicted funding rates; what was paid stays. $1 and $2 the window, half-open.
-- Returns how many went.
WITH gone AS (
    DELETE FROM funding_rate_snapshots
    WHERE timestamp >= $1 AND timestamp < $2 AND NOT is_settled
    RETURNING 1
)

SELECT count(*) AS deleted FROM gone
