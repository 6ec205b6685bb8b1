-- Days that miss something, per line of history: those that are wanted, and earlier ones that were
-- begun. $1 symbols, $2 data sets, $3 timeframes, $4 reach (nothing earlier can be had),
-- $5 and $6 the wanted window, half-open, $7 how much one page holds; all parallel.
-- A weekly candle fills seven days and is asked for with the day it opens on.
WITH lines AS (
    SELECT
        *,
        (l.start_at AT TIME ZONE 'UTC')::DATE AS first_day,
        ((l.end_at - INTERVAL '1 ms') AT TIME ZONE 'UTC')::DATE AS last_day
    FROM unnest(
        $1::INTEGER [], $2::TEXT [], $3::TEXT [], $4::TIMESTAMPTZ [], $5::TIMESTAMPTZ [],
        $6::TIMESTAMPTZ [], $7::INTERVAL []
    ) WITH ORDINALITY
        AS l (symbol_id, data_set, timeframe, reach_at, start_at, end_at, page, line)
),

known AS (
    SELECT
        l.line,
        c.day,
        c.present + c.absent + c.unreachable AS covered,
        c.present + c.absent + c.unreachable @> tstzrange(
            c.day::TIMESTAMP AT TIME ZONE 'UTC', (c.day + 1)::TIMESTAMP AT TIME ZONE 'UTC'
        ) AS is_whole
    FROM coverage AS c
    INNER JOIN lines AS l
        ON
            c.symbol_id = l.symbol_id
            AND c.data_set = l.data_set
            AND c.timeframe = l.timeframe
            AND c.day BETWEEN (l.reach_at AT TIME ZONE 'UTC')::DATE AND l.last_day
),

wanted AS (
    SELECT
        l.line,
        l.first_day + n.ago AS day
    FROM lines AS l
    CROSS JOIN LATERAL generate_series(0, l.last_day - l.first_day) AS n (ago)
),

gaps AS (
    SELECT
        coalesce(w.line, k.line) AS line,
        coalesce(w.day, k.day) AS day,
        k.covered
    FROM wanted AS w
    FULL JOIN known AS k ON w.line = k.line AND w.day = k.day
    WHERE k.is_whole IS NOT true
),

cut AS (
    SELECT
        g.line,
        g.day,
        g.covered,
        CASE WHEN g.day < l.first_day THEN l.reach_at ELSE l.start_at END AS from_at,
        l.end_at
    FROM gaps AS g
    INNER JOIN lines AS l ON g.line = l.line
),

missing AS (
    SELECT
        c.line,
        c.day,
        tstzmultirange(
            tstzrange(
                greatest(c.day::TIMESTAMP AT TIME ZONE 'UTC', c.from_at),
                greatest(
                    c.day::TIMESTAMP AT TIME ZONE 'UTC',
                    c.from_at,
                    least((c.day + 1)::TIMESTAMP AT TIME ZONE 'UTC', c.end_at)
                )
            )
        ) - coalesce(c.covered, '{}') AS ranges
    FROM cut AS c
),

counted AS (
    SELECT
        l.symbol_id,
        l.data_set,
        l.timeframe,
        CASE WHEN l.timeframe = '1w' THEN date_trunc('week', m.day)::DATE ELSE m.day END AS day,
        (SELECT count(*) FROM unnest(m.ranges)) AS parts,
        (
            SELECT sum(ceil(extract(EPOCH FROM upper(r) - lower(r)) / extract(EPOCH FROM l.page)))
            FROM unnest(m.ranges) AS r
        ) AS pages,
        seconds_of(m.ranges) AS seconds
    FROM missing AS m
    INNER JOIN lines AS l ON m.line = l.line
    WHERE NOT isempty(m.ranges)
)

SELECT
    c.symbol_id,
    c.data_set,
    c.timeframe,
    c.day,
    sum(c.parts)::INTEGER AS parts,
    sum(c.pages)::INTEGER AS pages,
    sum(c.seconds)::BIGINT AS seconds,
    max(a.attempts) AS attempts,
    coalesce(max(a.next_attempt_at) > now(), false) AS is_waiting,
    max(a.next_attempt_at) AS next_attempt_at
FROM counted AS c
LEFT JOIN repair_attempts AS a
    ON
        c.symbol_id = a.symbol_id
        AND c.data_set = a.data_set
        AND c.timeframe = a.timeframe
        AND c.day = a.day
GROUP BY c.symbol_id, c.data_set, c.timeframe, c.day
ORDER BY c.day DESC, c.symbol_id ASC, c.data_set ASC, c.timeframe ASC
