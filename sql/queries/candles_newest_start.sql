-- When the oldest of the newest candles opens. $1 symbol, $2 timeframe, $3 end, $4 how many.
SELECT min(timestamp)
FROM (
    SELECT timestamp
    FROM candles
    WHERE symbol_id = $1 AND timeframe = $2 AND timestamp < $3
    ORDER BY timestamp DESC
    LIMIT $4
) AS newest
