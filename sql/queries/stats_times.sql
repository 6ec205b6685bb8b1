-- Oldest and newest row of a table, and how many there are since a time. The name of a table can't
-- be a parameter: a_table is replaced by one from the catalog, as the server itself quotes it.
-- $1 and $2 the window that holds the oldest row, $3 and $4 the one that holds the newest (of
-- hypertables: a chunk, so that no other is read; a null is no bound), $5 since when to count.
SELECT
    (
        SELECT min(timestamp) FROM a_table
        WHERE
            timestamp >= coalesce($1::TIMESTAMPTZ, '-infinity')
            AND timestamp < coalesce($2::TIMESTAMPTZ, 'infinity')
    ) AS oldest,
    (
        SELECT max(timestamp) FROM a_table
        WHERE
            timestamp >= coalesce($3::TIMESTAMPTZ, '-infinity')
            AND timestamp < coalesce($4::TIMESTAMPTZ, 'infinity')
    ) AS newest,
    (SELECT count(*) FROM a_table WHERE timestamp >= $5) AS recent
