-- The newest best bids and asks of some symbols, by name. $1 symbols, $2 rows per symbol,
-- $3 since when.
SELECT
    e.enum_value AS exchange,
    s.symbol_base || '/' || s.symbol_quote AS symbol,
    s.exchange_symbol,
    b.timestamp,
    b.bid_price,
    b.bid_qty,
    b.ask_price,
    b.ask_qty,
    b.sequence_number,
    b.exchange_timestamp,
    s.id AS symbol_id
FROM symbols AS s
INNER JOIN exchanges AS e ON s.exchange_id = e.id
CROSS JOIN LATERAL (
    SELECT t.*
    FROM book_ticker_snapshots AS t
    WHERE t.symbol_id = s.id AND t.timestamp >= $3
    ORDER BY t.timestamp DESC
    LIMIT $2
) AS b
WHERE s.id = any($1::INTEGER [])
ORDER BY s.id ASC, b.timestamp DESC
