-- The exchange refused before its declared limit was reached: expect less of it for a while.
-- $1 egress, $2 company, $3 pool, $4 window, ms, $5 head, ms, $6 weight that was leased and not
-- spent, $7 the exchange's count, or null, $8 share of the count that is used from now on,
-- $9 the least count that says anything, $10 for how long, seconds. Of several refusals the least
-- count stands.
UPDATE rate_budgets AS b SET
    ceiling = least(
        CASE WHEN b.ceiling_until > now() THEN b.ceiling END, greatest(1, floor(c.seen * $8))
    ),
    proven = least(b.proven, floor(c.seen * $8)),
    ceiling_until = now() + $10::FLOAT8 * INTERVAL '1 second'
FROM (
    SELECT
        coalesce($7::BIGINT, r.used - $6::BIGINT)::FLOAT8 AS seen
    FROM rate_budgets AS r
    WHERE
        r.egress = $1 AND r.company = $2 AND r.pool = $3
        AND r.first_window
        = floor((extract(EPOCH FROM clock_timestamp())::FLOAT8 * 1000 - $5::FLOAT8) / $4::FLOAT8)
) AS c
WHERE b.egress = $1 AND b.company = $2 AND b.pool = $3 AND c.seen >= $9::FLOAT8
RETURNING b.ceiling
