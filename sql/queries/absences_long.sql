-- Long stretches without rows of symbols that have one in nearly every interval.
-- $1 symbols, $2 data set, $3 timeframes, $4 and $5 the window they touch, half-open, $6 longer
-- than this, $7 the least share of the day before and the day after that is present.
-- Something has to be present the day before: what was listed later was not there yet.
WITH days AS (
    SELECT
        c.symbol_id,
        c.timeframe,
        range_agg(c.present) AS present,
        range_agg(c.absent) AS absent
    FROM coverage AS c
    WHERE
        c.symbol_id = any($1::INTEGER [])
        AND c.data_set = $2
        AND c.timeframe = any($3::TEXT [])
        AND c.day >= ($4::TIMESTAMPTZ AT TIME ZONE 'UTC')::DATE - 2
        AND c.day <= ($5::TIMESTAMPTZ AT TIME ZONE 'UTC')::DATE + 2
    GROUP BY c.symbol_id, c.timeframe
),

stretches AS (
    SELECT
        d.symbol_id,
        d.timeframe,
        r.stretch,
        d.present * tstzmultirange(
            tstzrange(lower(r.stretch) - INTERVAL '1 day', lower(r.stretch))
        ) AS before,
        (d.present + d.absent) * tstzmultirange(
            tstzrange(lower(r.stretch) - INTERVAL '1 day', lower(r.stretch)),
            tstzrange(upper(r.stretch), upper(r.stretch) + INTERVAL '1 day')
        ) AS around,
        d.present
    FROM days AS d
    CROSS JOIN LATERAL unnest(d.absent) AS r (stretch)
    WHERE
        upper(r.stretch) - lower(r.stretch) > $6::INTERVAL
        AND r.stretch && tstzrange($4::TIMESTAMPTZ, $5::TIMESTAMPTZ)
)

SELECT
    s.symbol_id,
    s.timeframe,
    lower(s.stretch) AS start_at,
    upper(s.stretch) AS end_at
FROM stretches AS s
WHERE
    NOT isempty(s.before)
    AND seconds_of(s.around * s.present) >= $7::NUMERIC * seconds_of(s.around)
ORDER BY s.symbol_id, s.timeframe, start_at
