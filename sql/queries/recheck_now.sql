-- Let whatever is absent in a window be missing, to be asked for again on demand.
-- $1 symbols, $2 data sets, $3 timeframes, $4 and $5 the window, half-open; all parallel.
UPDATE coverage AS c SET
    absent = c.absent - tstzmultirange(tstzrange(l.start_at, l.end_at)),
    absent_rechecked
    = c.absent_rechecked + c.absent * tstzmultirange(tstzrange(l.start_at, l.end_at)),
    absent_rechecked_at = now(),
    updated_at = now()
FROM unnest(
    $1::INTEGER [], $2::TEXT [], $3::TEXT [], $4::TIMESTAMPTZ [], $5::TIMESTAMPTZ []
) AS l (symbol_id, data_set, timeframe, start_at, end_at)
WHERE
    c.symbol_id = l.symbol_id
    AND c.data_set = l.data_set
    AND c.timeframe = l.timeframe
    AND c.day >= (l.start_at AT TIME ZONE 'UTC')::DATE
    AND c.day <= (l.end_at AT TIME ZONE 'UTC')::DATE
    AND l.start_at < l.end_at
    AND c.absent && tstzrange(l.start_at, l.end_at)
RETURNING c.symbol_id
