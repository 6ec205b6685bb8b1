-- How many candles there are. $1 symbols, $2 timeframes or null for all, $3 and $4 the window,
-- half-open.
SELECT
    symbol_id,
    timeframe,
    count(*) AS candle_count,
    min(timestamp) AS first,
    max(timestamp) AS last
FROM candles
WHERE
    symbol_id = any($1::INTEGER [])
    AND ($2::TEXT [] IS NULL OR timeframe = any($2::TEXT []))
    AND timestamp >= $3 AND timestamp < $4
GROUP BY symbol_id, timeframe
ORDER BY symbol_id, timeframe
