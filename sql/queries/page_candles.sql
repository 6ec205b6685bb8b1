-- Candles of one symbol and timeframe in the order of time. $1 symbol, $2 timeframe, $3 end,
-- $4 after which time, $5 rows.
SELECT
    symbol_id,
    timeframe,
    timestamp,
    open::TEXT,
    high::TEXT,
    low::TEXT,
    close::TEXT,
    volume::TEXT,
    quote_volume::TEXT,
    trade_count,
    received_at
FROM candles
WHERE symbol_id = $1 AND timeframe = $2 AND timestamp < $3 AND timestamp > $4
ORDER BY timestamp
LIMIT $5
