-- Candles of some symbols. $2 timeframes or null for all, $3 and $4 the window, half-open.
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
    symbol_id = any($1::integer [])
    AND ($2::text [] IS NULL OR timeframe = any($2::text []))
    AND timestamp >= $3 AND timestamp < $4
ORDER BY symbol_id, timeframe, timestamp
