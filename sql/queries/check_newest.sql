-- The newest stored row per data set and symbol that is collected; null where there is none.
-- $1 exchanges, $2 since when to look. A settled funding rate is history, not a sample.
SELECT
    'book_tickers' AS data_set,
    e.enum_value AS exchange,
    s.exchange_symbol,
    newest.timestamp AS newest
FROM symbols AS s
INNER JOIN exchanges AS e ON s.exchange_id = e.id
LEFT JOIN LATERAL (
    SELECT b.timestamp
    FROM book_ticker_snapshots AS b
    WHERE b.symbol_id = s.id AND b.timestamp >= $2
    ORDER BY b.timestamp DESC
    LIMIT 1
) AS newest ON true
WHERE s.is_tracked AND s.is_active AND e.enum_value = any($1::text [])
UNION ALL
SELECT
    'tickers' AS data_set,
    e.enum_value AS exchange,
    s.exchange_symbol,
    newest.timestamp AS newest
FROM symbols AS s
INNER JOIN exchanges AS e ON s.exchange_id = e.id
LEFT JOIN LATERAL (
    SELECT t.timestamp
    FROM ticker_snapshots AS t
    WHERE t.symbol_id = s.id AND t.timestamp >= $2
    ORDER BY t.timestamp DESC
    LIMIT 1
) AS newest ON true
WHERE s.is_tracked AND s.is_active AND e.enum_value = any($1::text [])
UNION ALL
SELECT
    'funding_rates' AS data_set,
    e.enum_value AS exchange,
    s.exchange_symbol,
    newest.timestamp AS newest
FROM symbols AS s
INNER JOIN exchanges AS e ON s.exchange_id = e.id
LEFT JOIN LATERAL (
    SELECT f.timestamp
    FROM funding_rate_snapshots AS f
    WHERE f.symbol_id = s.id AND f.timestamp >= $2 AND NOT f.is_settled
    ORDER BY f.timestamp DESC
    LIMIT 1
) AS newest ON true
WHERE s.is_tracked AND s.is_active AND e.enum_value = any($1::text [])
ORDER BY data_set, exchange, exchange_symbol
