-- Close prices for a picture: the last of each stretch, as floats. $1 symbols, $2 timeframe of the
-- candles, $3 length of a stretch, $4 and $5 the window, half-open.
SELECT
    symbol_id,
    time_bucket($3::INTERVAL, timestamp) AS timestamp,
    last(close, timestamp)::FLOAT8 AS close
FROM candles
WHERE
    symbol_id = any($1::INTEGER []) AND timeframe = $2
    AND timestamp >= $4 AND timestamp < $5
GROUP BY 1, 2
ORDER BY 1, 2
