-- What is missing and older than the exchange serves is out of reach: it is noted, not asked for.
-- $1 symbols, $2 data sets, $3 timeframes, $4 first wanted instants, $5 reach (parallel).
WITH lost AS (
    SELECT
        l.symbol_id,
        l.data_set,
        l.timeframe,
        d.day,
        tstzmultirange(
            tstzrange(
                greatest(d.day::TIMESTAMP AT TIME ZONE 'UTC', l.start_at),
                least((d.day + 1)::TIMESTAMP AT TIME ZONE 'UTC', l.reach_at)
            )
        ) AS part
    FROM unnest($1::INTEGER [], $2::TEXT [], $3::TEXT [], $4::TIMESTAMPTZ [], $5::TIMESTAMPTZ [])
        AS l (symbol_id, data_set, timeframe, start_at, reach_at)
    CROSS JOIN LATERAL (
        SELECT (l.start_at AT TIME ZONE 'UTC')::DATE + n.ago AS day
        FROM generate_series(
            0,
            ((l.reach_at - INTERVAL '1 ms') AT TIME ZONE 'UTC')::DATE
            - (l.start_at AT TIME ZONE 'UTC')::DATE
        ) AS n (ago)
    ) AS d
    WHERE l.start_at < l.reach_at
)

INSERT INTO coverage AS c (symbol_id, data_set, timeframe, day, unreachable)
SELECT
    l.symbol_id,
    l.data_set,
    l.timeframe,
    l.day,
    l.part
FROM lost AS l
LEFT JOIN coverage AS k
    ON
        l.symbol_id = k.symbol_id
        AND l.data_set = k.data_set
        AND l.timeframe = k.timeframe
        AND l.day = k.day
WHERE k.day IS NULL OR NOT l.part <@ (k.present + k.absent + k.unreachable)
ORDER BY l.symbol_id, l.data_set, l.timeframe, l.day
ON CONFLICT (symbol_id, data_set, timeframe, day) DO UPDATE SET
    unreachable = c.unreachable + (excluded.unreachable - c.present - c.absent),
    updated_at = now()
RETURNING c.day
