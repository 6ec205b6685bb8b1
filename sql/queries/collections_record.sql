-- Say what collecting did; said again for the same moment, the later word stands.
-- $1 moments, $2 exchanges, $3 assets, $4 when sampled, $5 milliseconds it took, $6 rows stored,
-- $7 rows refused, $8 lookups, $9 lookups that missed, $10 problems, $11 whether they pass by
-- themselves, $12 runs. Rows in the order of the key, so that two writers cannot block each other.
INSERT INTO collections (
    timestamp, exchange_id, asset, sampled_at, duration_ms, row_count, rejected, lookups,
    lookup_misses, problem, is_transient, run_id
)
SELECT
    c.moment,
    e.id,
    c.asset,
    c.sampled_at,
    c.duration_ms,
    c.row_count,
    c.rejected,
    c.lookups,
    c.lookup_misses,
    c.problem,
    c.is_transient,
    c.run_id
FROM unnest(
    $1::TIMESTAMPTZ [], $2::TEXT [], $3::TEXT [], $4::TIMESTAMPTZ [], $5::BIGINT [], $6::BIGINT [],
    $7::BIGINT [], $8::BIGINT [], $9::BIGINT [], $10::TEXT [], $11::BOOLEAN [], $12::TEXT []
) AS c (
    moment, exchange, asset, sampled_at, duration_ms, row_count, rejected, lookups, lookup_misses,
    problem, is_transient, run_id
)
-- An exchange that is not in the table makes exchange_id null, which is refused, not left out.
LEFT JOIN exchanges AS e ON c.exchange = e.enum_value
ORDER BY e.id, c.asset, c.moment
ON CONFLICT (exchange_id, asset, timestamp) DO UPDATE SET
    sampled_at = excluded.sampled_at,
    duration_ms = excluded.duration_ms,
    row_count = excluded.row_count,
    rejected = excluded.rejected,
    lookups = excluded.lookups,
    lookup_misses = excluded.lookup_misses,
    problem = excluded.problem,
    is_transient = excluded.is_transient,
    run_id = excluded.run_id,
    created_at = excluded.created_at
