-- Close prices of one symbol and timeframe, for a picture. $3 and $4 the window, half-open.
SELECT
    timestamp,
    close
FROM candles
WHERE symbol_id = $1 AND timeframe = $2 AND timestamp >= $3 AND timestamp < $4
ORDER BY timestamp
