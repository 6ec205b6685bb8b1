-- Coverage per UTC day, symbol and data set, days nothing is known of yet among them. $1 symbols,
-- $2 data sets, $3 day after the last, $4 to $7 after which day, symbol, data set and timeframe,
-- $8 rows.
SELECT
    exchange,
    symbol,
    exchange_symbol,
    data_set,
    timeframe,
    day,
    present_seconds::TEXT,
    absent_seconds::TEXT,
    unreachable_seconds::TEXT,
    missing_seconds::TEXT,
    longest_absent_seconds::TEXT,
    updated_at,
    symbol_id
FROM coverage_daily_named
WHERE
    symbol_id = any($1::INTEGER [])
    AND data_set = any($2::TEXT [])
    AND day < $3::DATE
    AND day >= $4::DATE
    AND (day, symbol_id, data_set, timeframe) > ($4::DATE, $5::INTEGER, $6::TEXT, $7::TEXT)
ORDER BY day, symbol_id, data_set, timeframe
LIMIT $8
