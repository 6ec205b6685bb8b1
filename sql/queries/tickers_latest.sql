-- The newest tickers of some symbols, by name. $1 symbols, $2 rows per symbol, $3 since when.
SELECT
    e.enum_value AS exchange,
    s.symbol_base || '/' || s.symbol_quote AS symbol,
    s.id AS symbol_id,
    t.timestamp,
    t.last_price,
    t.high_24h,
    t.low_24h,
    t.base_volume_24h,
    t.quote_volume_24h,
    t.mark_price,
    t.index_price,
    t.exchange_timestamp,
    t.created_at
FROM symbols AS s
INNER JOIN exchanges AS e ON s.exchange_id = e.id
CROSS JOIN LATERAL (
    SELECT n.*
    FROM ticker_snapshots AS n
    WHERE n.symbol_id = s.id AND n.timestamp >= $3
    ORDER BY n.timestamp DESC
    LIMIT $2
) AS t
WHERE s.id = any($1::INTEGER [])
ORDER BY s.id ASC, t.timestamp DESC
