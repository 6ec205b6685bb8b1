-- Hypertables that are compressed, and whether TimescaleDB does it by itself.
SELECT
    h.hypertable_name::TEXT AS relation,
    exists(
        SELECT FROM timescaledb_information.jobs AS j
        WHERE
            j.proc_name = 'policy_compression'
            AND j.hypertable_schema = h.hypertable_schema
            AND j.hypertable_name = h.hypertable_name
    ) AS has_policy
FROM timescaledb_information.hypertables AS h
WHERE h.hypertable_schema = 'public' AND h.compression_enabled
ORDER BY h.hypertable_name
