-- Order books of some symbols, a row per level. $2 and $3 the window, half-open.
SELECT
    symbol_id,
    timestamp,
    side,
    level,
    price,
    quantity,
    exchange_timestamp
FROM order_book_levels
WHERE symbol_id = any($1::INTEGER []) AND timestamp >= $2 AND timestamp < $3
ORDER BY symbol_id, timestamp, side, level
