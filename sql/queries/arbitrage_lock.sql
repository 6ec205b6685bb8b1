-- Whoever computes a beat reads what came of the one before: one at a time, until the transaction
-- ends.
SELECT pg_advisory_xact_lock(hashtext('arbitrage_opportunities'))
