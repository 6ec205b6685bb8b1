-- Absences nobody has asked for a second time, oldest first, as long as requests are left for
-- today; in one statement they become missing, and are noted as asked again.
-- $1 symbols, $2 data sets, $3 timeframes, $4 and $5 what can be had, half-open, $6 what one page
-- holds, $7 pages of a whole day (parallel); $8 confirmed before, $9 requests a day.
-- A page of which nothing new comes costs two requests. A day in many pieces is asked for whole.
WITH lines AS (
    SELECT *
    FROM unnest(
        $1::INTEGER [], $2::TEXT [], $3::TEXT [], $4::TIMESTAMPTZ [], $5::TIMESTAMPTZ [],
        $6::INTERVAL [], $7::INTEGER []
    ) AS l (symbol_id, data_set, timeframe, start_at, end_at, page, day_pages)
),

spent AS (
    SELECT coalesce(sum(2 * least(p.pages, l.day_pages)), 0) AS requests
    FROM coverage AS c
    INNER JOIN lines AS l
        ON
            c.symbol_id = l.symbol_id
            AND c.data_set = l.data_set
            AND c.timeframe = l.timeframe
    CROSS JOIN LATERAL (
        SELECT
            sum(ceil(extract(EPOCH FROM upper(r) - lower(r)) / extract(EPOCH FROM l.page))) AS pages
        FROM unnest(c.absent_rechecked) AS r
    ) AS p
    WHERE c.absent_rechecked_at > now() - INTERVAL '1 day'
),

due AS (
    SELECT
        c.symbol_id,
        c.data_set,
        c.timeframe,
        c.day,
        p.again,
        sum(2 * least(p.pages, l.day_pages)) OVER (
            ORDER BY c.absent_confirmed_at, c.symbol_id, c.data_set, c.timeframe, c.day
        ) AS requests
    FROM coverage AS c
    INNER JOIN lines AS l
        ON
            c.symbol_id = l.symbol_id
            AND c.data_set = l.data_set
            AND c.timeframe = l.timeframe
    CROSS JOIN LATERAL (
        SELECT
            (c.absent - c.absent_rechecked)
            * tstzmultirange(tstzrange(l.start_at, greatest(l.start_at, l.end_at))) AS again
    ) AS a
    CROSS JOIN LATERAL (
        SELECT
            a.again,
            sum(ceil(extract(EPOCH FROM upper(r) - lower(r)) / extract(EPOCH FROM l.page))) AS pages
        FROM unnest(a.again) AS r
    ) AS p
    WHERE
        NOT c.absent <@ c.absent_rechecked
        AND c.absent_confirmed_at < $8::TIMESTAMPTZ
        AND NOT isempty(p.again)
)

UPDATE coverage AS c SET
    absent = c.absent - d.again,
    absent_rechecked = c.absent_rechecked + d.again,
    absent_rechecked_at = now(),
    updated_at = now()
FROM due AS d
WHERE
    c.symbol_id = d.symbol_id
    AND c.data_set = d.data_set
    AND c.timeframe = d.timeframe
    AND c.day = d.day
    AND c.absent @> d.again
    AND d.requests <= $9::INTEGER - (SELECT s.requests FROM spent AS s)
RETURNING c.symbol_id, seconds_of(d.again) AS seconds
