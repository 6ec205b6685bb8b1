-- Note that runs were requested. $1 symbols, $2 data sets, $3 timeframes, $4 days (parallel),
-- $5 first pause, $6 longest pause; the pause doubles with every attempt.
INSERT INTO repair_attempts AS a (
    symbol_id, data_set, timeframe, day, attempts, last_attempt_at, next_attempt_at
)
SELECT
    d.symbol_id,
    d.data_set,
    d.timeframe,
    d.day,
    1,
    now(),
    now() + least($5::INTERVAL, $6::INTERVAL)
FROM unnest($1::INTEGER [], $2::TEXT [], $3::TEXT [], $4::DATE [])
    AS d (symbol_id, data_set, timeframe, day)
ORDER BY d.symbol_id, d.data_set, d.timeframe, d.day
ON CONFLICT (symbol_id, data_set, timeframe, day) DO UPDATE SET
    attempts = a.attempts + 1,
    last_attempt_at = now(),
    -- Twenty doublings exceed any limit; more would exceed the type.
    next_attempt_at = now() + least($5::INTERVAL * power(2, least(a.attempts, 20)), $6::INTERVAL)
RETURNING a.attempts
