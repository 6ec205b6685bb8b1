-- Books that are not crossed, oldest first. $1 symbols, $2 and $3 the window, half-open.
SELECT
    symbol_id,
    (extract(EPOCH FROM timestamp) * 1000)::BIGINT AS at,
    bid_price,
    bid_qty,
    ask_price,
    ask_qty
FROM book_ticker_snapshots
WHERE
    symbol_id = any($1::INTEGER []) AND timestamp >= $2 AND timestamp < $3
    AND bid_price < ask_price
ORDER BY symbol_id, timestamp
