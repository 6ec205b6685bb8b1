-- A company told us to wait. A longer wait stays. $1 company, $2 the address of ours that was told,
-- $3 for how long, seconds by the database's clock, $4 what it answered.
INSERT INTO company_blocks AS b (company, egress, blocked_until, reason)
VALUES ($1, $2, clock_timestamp() + $3::FLOAT8 * INTERVAL '1 second', $4)
ON CONFLICT (egress, company) DO UPDATE SET
    blocked_until = excluded.blocked_until,
    reason = excluded.reason,
    updated_at = now()
WHERE b.blocked_until < excluded.blocked_until
RETURNING b.blocked_until
