-- Seconds present, absent and unreachable in a window, per symbol and timeframe.
-- $1 symbols, $2 data set, $3 timeframes, $4 and $5 the window, half-open.
WITH days AS (
    SELECT
        c.symbol_id,
        c.timeframe,
        c.present * asked.part AS present,
        c.absent * asked.part AS absent,
        c.unreachable * asked.part AS unreachable
    FROM coverage AS c
    CROSS JOIN
        (SELECT tstzmultirange(tstzrange($4::timestamptz, $5::timestamptz)) AS part) AS asked
    WHERE
        c.symbol_id = any($1::integer []) AND c.data_set = $2 AND c.timeframe = any($3::text [])
        AND c.day >= ($4::timestamptz AT TIME ZONE 'UTC')::date
        AND c.day <= ($5::timestamptz AT TIME ZONE 'UTC')::date
),

parts AS (
    SELECT
        symbol_id,
        timeframe,
        'present' AS state,
        unnest(present) AS part
    FROM days
    UNION ALL
    SELECT
        symbol_id,
        timeframe,
        'absent' AS state,
        unnest(absent) AS part
    FROM days
    UNION ALL
    SELECT
        symbol_id,
        timeframe,
        'unreachable' AS state,
        unnest(unreachable) AS part
    FROM days
)

SELECT
    symbol_id,
    timeframe,
    state,
    extract(EPOCH FROM sum(upper(part) - lower(part))) AS seconds
FROM parts
GROUP BY symbol_id, timeframe, state
