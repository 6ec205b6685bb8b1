-- Coverage day by day. $1 symbols, $2 data set, $3 timeframes, $4 first day, $5 last day.
SELECT
    d.symbol_id,
    d.timeframe,
    d.day,
    d.present_seconds::BIGINT AS present,
    d.absent_seconds::BIGINT AS absent,
    d.unreachable_seconds::BIGINT AS unreachable,
    d.missing_seconds::BIGINT AS missing,
    d.longest_absent_seconds::BIGINT AS longest_absent
FROM coverage_daily_named AS d
WHERE
    d.symbol_id = any($1::INTEGER [])
    AND d.data_set = $2
    AND d.timeframe = any($3::TEXT [])
    AND d.day BETWEEN $4 AND $5
ORDER BY d.symbol_id, d.timeframe, d.day
