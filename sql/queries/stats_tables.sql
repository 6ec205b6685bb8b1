-- Size and number of rows of every table, largest first. Rows are as of the last ANALYZE; null
-- where there was none. Of hypertables also the windows of the oldest and the newest chunk.
-- quoted is the name as SQL needs it, for stats_rows.sql.
WITH chunks AS (
    SELECT
        hypertable_name,
        count(*) AS chunk_count,
        min(range_start) AS oldest_start,
        min(range_end) AS oldest_end,
        max(range_start) AS newest_start,
        max(range_end) AS newest_end
    FROM timescaledb_information.chunks
    WHERE hypertable_schema = 'public'
    GROUP BY hypertable_name
)

SELECT
    t.relname::TEXT AS relation,
    quote_ident(t.relname) AS quoted,
    h.hypertable_name IS NOT NULL AS is_hypertable,
    CASE
        WHEN h.hypertable_name IS NULL THEN nullif(t.reltuples, -1)::BIGINT
        ELSE approximate_row_count(t.oid::REGCLASS)
    END AS estimate,
    CASE
        WHEN h.hypertable_name IS NULL THEN pg_total_relation_size(t.oid)
        ELSE hypertable_size(t.oid::REGCLASS)
    END AS bytes,
    CASE WHEN h.hypertable_name IS NOT NULL THEN coalesce(c.chunk_count, 0) END AS chunks,
    c.oldest_start,
    c.oldest_end,
    c.newest_start,
    c.newest_end,
    exists(
        SELECT FROM pg_attribute AS a
        WHERE a.attrelid = t.oid AND a.attname = 'timestamp' AND NOT a.attisdropped
    ) AS has_time
FROM pg_class AS t
LEFT JOIN timescaledb_information.hypertables AS h
    ON h.hypertable_schema = 'public' AND t.relname = h.hypertable_name
LEFT JOIN chunks AS c ON t.relname = c.hypertable_name
WHERE
    t.relnamespace = 'public'::REGNAMESPACE
    AND t.relkind IN ('r', 'p')
    AND NOT EXISTS (
        SELECT FROM pg_depend AS d
        WHERE d.classid = 'pg_class'::REGCLASS AND d.objid = t.oid AND d.deptype = 'e'
    )
ORDER BY bytes DESC, relation ASC
