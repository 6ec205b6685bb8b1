-- Books whose best bid is not below their best ask, per symbol with the latest of them.
-- $1 since when. At most 100 symbols, the most frequent first.
SELECT
    e.enum_value AS exchange,
    s.exchange_symbol,
    count(*) AS books,
    max(b.timestamp) AS last_at,
    (array_agg(b.bid_price ORDER BY b.timestamp DESC))[1] AS bid_price,
    (array_agg(b.ask_price ORDER BY b.timestamp DESC))[1] AS ask_price
FROM book_ticker_snapshots AS b
INNER JOIN symbols AS s ON b.symbol_id = s.id
INNER JOIN exchanges AS e ON s.exchange_id = e.id
WHERE b.timestamp >= $1 AND b.bid_price >= b.ask_price
GROUP BY e.enum_value, s.exchange_symbol
ORDER BY count(*) DESC, e.enum_value ASC, s.exchange_symbol ASC
LIMIT 100
