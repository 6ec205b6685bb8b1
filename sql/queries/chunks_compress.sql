-- Compress one chunk. $1 its name.
SELECT compress_chunk(
    format('%I.%I', chunk_schema, chunk_name)::REGCLASS, if_not_compressed => true
)
FROM timescaledb_information.chunks
WHERE hypertable_schema = 'public' AND chunk_name = $1 AND NOT is_compressed
