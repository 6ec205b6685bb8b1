-- Coverage day by day, seconds. $1 symbols, $2 data sets or null for all, $3 timeframes or null for
-- all, $4 first day, $5 last day.
SELECT
    d.symbol_id,
    d.data_set,
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
    AND ($2::TEXT [] IS NULL OR d.data_set = any($2::TEXT []))
    AND ($3::TEXT [] IS NULL OR d.timeframe = any($3::TEXT []))
    AND d.day BETWEEN $4 AND $5
ORDER BY d.symbol_id, d.data_set, d.timeframe, d.day
