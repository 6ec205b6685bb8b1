-- Best bids and asks in the order of time. $1 symbols, $2 end, $3 and $4 after which time and
-- symbol, $5 rows.
SELECT
    exchange,
    symbol,
    exchange_symbol,
    timestamp,
    bid_price::TEXT,
    bid_qty::TEXT,
    ask_price::TEXT,
    ask_qty::TEXT,
    sequence_number,
    exchange_timestamp,
    symbol_id
FROM book_ticker_snapshots_named
WHERE
    symbol_id = any($1::INTEGER [])
    AND timestamp < $2
    AND timestamp >= $3
    AND (timestamp, symbol_id) > ($3, $4::INTEGER)
ORDER BY timestamp, symbol_id
LIMIT $5
