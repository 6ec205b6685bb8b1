-- The newest order book of every symbol, best levels first. $1 since when, $2 until when (not
-- included).
SELECT
    l.symbol_id,
    l.side,
    l.price,
    l.quantity
FROM order_book_levels AS l
INNER JOIN (
    SELECT
        symbol_id,
        max(timestamp) AS timestamp
    FROM order_book_levels
    WHERE timestamp >= $1 AND timestamp < $2
    GROUP BY symbol_id
) AS newest ON l.symbol_id = newest.symbol_id AND l.timestamp = newest.timestamp
WHERE l.timestamp >= $1 AND l.timestamp < $2
ORDER BY l.symbol_id, l.side, l.level
