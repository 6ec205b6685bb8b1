-- What of a window nobody has asked for yet, per symbol, oldest first.
-- $1 symbols, $2 data set, $3 timeframe, $4 and $5 the window, half-open.
SELECT
    s.symbol_id,
    lower(gap.missing) AS start_at,
    upper(gap.missing) AS end_at
FROM unnest($1::integer []) AS s (symbol_id)
CROSS JOIN LATERAL (
    SELECT range_agg(c.present + c.absent + c.unreachable) AS covered
    FROM coverage AS c
    WHERE
        c.symbol_id = s.symbol_id AND c.data_set = $2 AND c.timeframe = $3
        AND c.day >= ($4::timestamptz AT TIME ZONE 'UTC')::date
        AND c.day <= ($5::timestamptz AT TIME ZONE 'UTC')::date
) AS known
CROSS JOIN LATERAL unnest(
    tstzmultirange(tstzrange($4::timestamptz, $5::timestamptz))
    - coalesce(known.covered, '{}'::tstzmultirange)
) AS gap (missing)
ORDER BY s.symbol_id, start_at
