-- The newest collecting per exchange and asset. $1 since when, $2 only those that succeeded.
SELECT DISTINCT ON (c.exchange_id, c.asset)
    e.enum_value AS exchange,
    c.asset,
    c.timestamp AS moment,
    c.sampled_at,
    c.duration_ms,
    c.row_count,
    c.rejected,
    c.lookups,
    c.lookup_misses,
    c.problem,
    c.is_transient,
    c.run_id
FROM collections AS c
INNER JOIN exchanges AS e ON c.exchange_id = e.id
WHERE c.timestamp >= $1 AND (NOT $2::BOOLEAN OR c.problem IS NULL)
ORDER BY c.exchange_id ASC, c.asset ASC, c.timestamp DESC
