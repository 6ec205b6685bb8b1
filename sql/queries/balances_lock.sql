-- One sample of an account at a time, until the transaction ends: two at once lock the rows of what
-- is held in whatever order the exchange listed them, and would block each other for good.
-- $1 exchange.
SELECT pg_advisory_xact_lock('balance_snapshots'::REGCLASS::INTEGER, $1)
