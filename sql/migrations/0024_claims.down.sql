-- Drops claims to windows that are over within seconds.
-- Locks: rate_budgets, for a moment.
ALTER TABLE rate_budgets DROP COLUMN claimed_until;
