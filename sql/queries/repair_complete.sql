-- Note that registrations are complete. $1 symbols, $2 data sets, $3 timeframes (parallel).
UPDATE registrations AS r SET completed_at = now()
FROM unnest($1::INTEGER [], $2::TEXT [], $3::TEXT []) AS l (symbol_id, data_set, timeframe)
WHERE
    r.symbol_id = l.symbol_id
    AND r.data_set = l.data_set
    AND r.timeframe = l.timeframe
    AND r.completed_at IS NULL
RETURNING r.symbol_id
