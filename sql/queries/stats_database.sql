-- Bytes of a database of this server; no row where there is none, or it may not be asked.
-- $1 its name.
SELECT pg_database_size(oid) AS bytes
FROM pg_database
WHERE datname = $1 AND has_database_privilege(oid, 'CONNECT')
