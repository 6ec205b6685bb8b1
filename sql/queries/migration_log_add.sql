-- $1 version, $2 name, $3 direction, $4 checksum, $5 user and host. Runs at the end of the
-- migration's own transaction, so now() is when that began.
INSERT INTO migration_log (version, name, direction, checksum, executed_from, duration)
VALUES ($1, $2, $3, $4, $5, clock_timestamp() - now())
