-- The first candles of each symbol that open at a moment or after it.
-- $1 symbols, $2 timeframe, $3 the moment, $4 candles per symbol.
SELECT
    c.symbol_id,
    c.timeframe,
    c.timestamp,
    c.open,
    c.high,
    c.low,
    c.close,
    c.volume,
    c.quote_volume,
    c.trade_count,
    c.received_at
FROM unnest($1::INTEGER []) AS s (id)
CROSS JOIN LATERAL (
    SELECT t.*
    FROM candles AS t
    WHERE t.symbol_id = s.id AND t.timeframe = $2 AND t.timestamp >= $3
    ORDER BY t.timestamp ASC
    LIMIT $4
) AS c
ORDER BY c.symbol_id, c.timestamp
