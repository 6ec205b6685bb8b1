-- Held by the session until it closes; one migrating process per database, the others wait.
SELECT pg_advisory_lock(hashtext('arb_pipeline'), hashtext('migrations'))
