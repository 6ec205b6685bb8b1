-- Stored prices of zero or below: the schema refuses them, so any row means that a constraint is
-- gone. $1 since when. At most 100 rows.
SELECT
    p.data_set,
    e.enum_value AS exchange,
    s.exchange_symbol,
    p.timestamp AS last_at,
    p.prices
FROM (
    SELECT
        'book_tickers' AS data_set,
        symbol_id,
        timestamp,
        ARRAY[bid_price, ask_price] AS prices
    FROM book_ticker_snapshots
    WHERE timestamp >= $1 AND NOT (bid_price > 0 AND ask_price > 0)
    UNION ALL
    SELECT
        'tickers' AS data_set,
        symbol_id,
        timestamp,
        ARRAY[last_price, high_24h, low_24h, mark_price, index_price] AS prices
    FROM ticker_snapshots
    WHERE
        timestamp >= $1
        AND least(last_price, high_24h, low_24h, mark_price, index_price) <= 0
) AS p
INNER JOIN symbols AS s ON p.symbol_id = s.id
INNER JOIN exchanges AS e ON s.exchange_id = e.id
ORDER BY p.timestamp DESC
LIMIT 100
