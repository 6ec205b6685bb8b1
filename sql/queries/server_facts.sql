-- What server this is: its version, its clock (milliseconds since the epoch), its TimescaleDB.
SELECT
    current_setting('server_version') AS version,
    (extract(EPOCH FROM clock_timestamp()) * 1000)::bigint AS clock_ms,
    coalesce(e.installed_version, e.default_version) AS timescaledb,
    current_setting('timescaledb.license', true) AS license
FROM (SELECT) AS server
LEFT JOIN pg_available_extensions AS e ON e.name = 'timescaledb'
