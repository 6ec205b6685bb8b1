-- One sample of an account at a time, until the transaction ends: two that both saw an asset held
-- and now find it gone would both store its zero. $1 exchange.
SELECT pg_advisory_xact_lock('balance_snapshots'::REGCLASS::INTEGER, $1)
