-- A company told us to wait. A longer wait stays. $1 company, $2 until when, $3 what it answered.
INSERT INTO company_blocks AS b (company, blocked_until, reason) VALUES ($1, $2, $3)
ON CONFLICT (company) DO UPDATE SET
    blocked_until = excluded.blocked_until,
    reason = excluded.reason,
    updated_at = now()
WHERE b.blocked_until < excluded.blocked_until
