-- The coverage of symbols, one row per symbol, timeframe and UTC day that has any.
-- $1 symbols, $2 data set, $3 timeframes, $4 first day, $5 day after the last.
SELECT
    c.symbol_id,
    c.timeframe,
    c.day,
    array(SELECT lower(r) FROM unnest(c.present) AS r) AS present_start,
    array(SELECT upper(r) FROM unnest(c.present) AS r) AS present_end,
    array(SELECT lower(r) FROM unnest(c.absent) AS r) AS absent_start,
    array(SELECT upper(r) FROM unnest(c.absent) AS r) AS absent_end,
    array(SELECT lower(r) FROM unnest(c.unreachable) AS r) AS unreachable_start,
    array(SELECT upper(r) FROM unnest(c.unreachable) AS r) AS unreachable_end
FROM coverage AS c
WHERE
    c.symbol_id = any($1::integer []) AND c.data_set = $2 AND c.timeframe = any($3::text [])
    AND c.day >= $4::date AND c.day < $5::date
ORDER BY c.symbol_id, c.timeframe, c.day
