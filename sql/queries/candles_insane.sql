-- Candles that cannot be: the schema refuses them, so any row here means that a constraint is gone.
-- $1 symbols, $2 and $3 the window, half-open. At most 100 rows.
SELECT
    symbol_id,
    timeframe,
    timestamp,
    open,
    high,
    low,
    close,
    volume
FROM candles
WHERE
    symbol_id = any($1::integer []) AND timestamp >= $2 AND timestamp < $3
    AND NOT (
        low > 0 AND low <= open AND low <= close AND high >= open AND high >= close
        AND high < 'Infinity' AND volume >= 0 AND volume < 'Infinity'
    )
ORDER BY timestamp
LIMIT 100
