-- Rows of a data set are dropped: whatever was known of that time, or was not, is out of reach.
-- $1 data set, $2 the first instant that is kept.
UPDATE coverage AS c SET
    present = c.present - g.part,
    absent = c.absent - g.part,
    unreachable = c.unreachable + g.part,
    updated_at = now()
FROM coverage AS k
CROSS JOIN LATERAL (
    SELECT tstzmultirange(
        tstzrange(
            k.day::TIMESTAMP AT TIME ZONE 'UTC',
            least((k.day + 1)::TIMESTAMP AT TIME ZONE 'UTC', $2::TIMESTAMPTZ)
        )
    ) AS part
) AS g
WHERE
    k.data_set = $1
    AND k.day::TIMESTAMP AT TIME ZONE 'UTC' < $2::TIMESTAMPTZ
    AND NOT g.part <@ k.unreachable
    AND c.symbol_id = k.symbol_id
    AND c.data_set = k.data_set
    AND c.timeframe = k.timeframe
    AND c.day = k.day
