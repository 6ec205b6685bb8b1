-- Candles of some symbols and timeframes. $3 and $4 the window, half-open.
SELECT
    symbol_id,
    timeframe,
    timestamp,
    open,
    high,
    low,
    close,
    volume,
    quote_volume,
    trade_count,
    received_at
FROM candles
WHERE
    symbol_id = any($1::integer []) AND timeframe = any($2::text [])
    AND timestamp >= $3 AND timestamp < $4
ORDER BY symbol_id, timeframe, timestamp
