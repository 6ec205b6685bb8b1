-- Drop the chunks of a hypertable that end at or before a time.
-- $1 table, $2 the time, $3 where the first of them begins; null for all that are older.
-- Returns the name of each, with its schema.
SELECT
    drop_chunks(
        $1::TEXT::REGCLASS, older_than => $2::TIMESTAMPTZ, newer_than => $3::TIMESTAMPTZ
    ) AS name
