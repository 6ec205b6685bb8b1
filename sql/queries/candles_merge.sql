-- Merge the staged page into candles; rows that already stand there with the same values are not
-- touched. A quote volume or trade count that is not sent this time does not erase a stored one.
-- $1 symbol, $2 and $3 the staged rows' window, half-open: it lets the planner pass over the chunks
-- outside; $4 timeframe.
-- Returns one row per UTC day: how many rows are new, changed and unchanged.
WITH known AS (
    SELECT timestamp
    FROM candles
    WHERE symbol_id = $1 AND timeframe = $4 AND timestamp >= $2 AND timestamp < $3
),

merged AS (
    INSERT INTO candles AS c (
        symbol_id, timeframe, timestamp, open, high, low, close, volume, quote_volume, trade_count
    )
    SELECT
        symbol_id, timeframe, timestamp, open, high, low, close, volume, quote_volume, trade_count
    FROM candles_staging
    ON CONFLICT (symbol_id, timeframe, timestamp) DO UPDATE SET
        open = excluded.open,
        high = excluded.high,
        low = excluded.low,
        close = excluded.close,
        volume = excluded.volume,
        quote_volume = coalesce(excluded.quote_volume, c.quote_volume),
        trade_count = coalesce(excluded.trade_count, c.trade_count),
        received_at = excluded.received_at
    WHERE (c.open, c.high, c.low, c.close, c.volume, c.quote_volume, c.trade_count)
        IS DISTINCT FROM (
            excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume,
            coalesce(excluded.quote_volume, c.quote_volume),
            coalesce(excluded.trade_count, c.trade_count)
        )
    RETURNING c.timestamp
)

SELECT
    (s.timestamp AT TIME ZONE 'UTC')::date AS day,
    count(*) FILTER (WHERE k.timestamp IS NULL) AS inserted,
    count(*) FILTER (WHERE k.timestamp IS NOT NULL AND m.timestamp IS NOT NULL) AS updated,
    count(*) FILTER (WHERE k.timestamp IS NOT NULL AND m.timestamp IS NULL) AS unchanged
FROM candles_staging AS s
LEFT JOIN known AS k ON s.timestamp = k.timestamp
LEFT JOIN merged AS m ON s.timestamp = m.timestamp
GROUP BY day
