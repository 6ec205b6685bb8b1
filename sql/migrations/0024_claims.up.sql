-- Who has a claim to the reserve of a rate counter, and needs more, comes first in its next window.
-- Locks: rate_budgets, for a moment.
ALTER TABLE rate_budgets
ADD COLUMN claimed_until TIMESTAMPTZ NOT NULL DEFAULT '1970-01-01 00:00:00+00';
COMMENT ON COLUMN rate_budgets.claimed_until IS
'Until then only those with a reserve lease: one of them found too little. Source: database clock.';
