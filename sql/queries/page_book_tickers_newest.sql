-- The newest best bid and ask of each symbol. $1 symbols, $2 since when to look, $3 after which
-- symbol, $4 rows.
SELECT
    e.enum_value AS exchange,
    s.symbol_base || '/' || s.symbol_quote AS symbol,
    s.exchange_symbol,
    b.timestamp,
    b.bid_price::TEXT,
    b.bid_qty::TEXT,
    b.ask_price::TEXT,
    b.ask_qty::TEXT,
    b.sequence_number,
    b.exchange_timestamp,
    s.id AS symbol_id
FROM symbols AS s
INNER JOIN exchanges AS e ON s.exchange_id = e.id
CROSS JOIN LATERAL (
    SELECT t.*
    FROM book_ticker_snapshots AS t
    WHERE t.symbol_id = s.id AND t.timestamp >= $2
    ORDER BY t.timestamp DESC
    LIMIT 1
) AS b
WHERE s.id = any($1::INTEGER []) AND s.id > $3::INTEGER
ORDER BY s.id
LIMIT $4
