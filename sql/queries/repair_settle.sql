-- Forget the attempts at days that miss nothing any more.
-- $1 symbols, $2 data sets, $3 timeframes: the lines that were looked at (parallel);
-- $4 symbols, $5 data sets, $6 timeframes, $7 days: what they still miss (parallel).
DELETE FROM repair_attempts AS a
USING
    unnest($1::INTEGER [], $2::TEXT [], $3::TEXT []) AS l (symbol_id, data_set, timeframe)
WHERE
    a.symbol_id = l.symbol_id
    AND a.data_set = l.data_set
    AND a.timeframe = l.timeframe
    AND NOT EXISTS (
        SELECT
        FROM unnest($4::INTEGER [], $5::TEXT [], $6::TEXT [], $7::DATE [])
            AS m (symbol_id, data_set, timeframe, day)
        WHERE
            m.symbol_id = a.symbol_id
            AND m.data_set = a.data_set
            AND m.timeframe = a.timeframe
            AND m.day = a.day
    )
RETURNING a.day
