-- Chunks of a hypertable that end at or before a time, oldest first. Rows are as of the last
-- ANALYZE of the chunk, null where there was none; bytes include indexes and what is compressed.
-- $1 table, $2 the time.
SELECT
    c.chunk_name::TEXT AS name,
    c.range_start AS start_at,
    c.range_end AS end_at,
    s.total_bytes AS bytes,
    CASE WHEN NOT c.is_compressed THEN nullif(p.reltuples, -1)::BIGINT END AS row_count,
    c.is_compressed
FROM timescaledb_information.chunks AS c
INNER JOIN chunks_detailed_size(to_regclass($1)) AS s
    ON c.chunk_schema = s.chunk_schema AND c.chunk_name = s.chunk_name
INNER JOIN pg_class AS p
    ON p.oid = format('%I.%I', c.chunk_schema, c.chunk_name)::REGCLASS
WHERE
    c.hypertable_schema = 'public' AND c.hypertable_name = $1 AND c.range_end <= $2::TIMESTAMPTZ
ORDER BY c.range_start
