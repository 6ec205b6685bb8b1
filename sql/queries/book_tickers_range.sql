-- Best bids and asks of some symbols. $2 and $3 the window, half-open.
SELECT
    symbol_id,
    timestamp,
    bid_price,
    bid_qty,
    ask_price,
    ask_qty,
    sequence_number,
    update_type,
    exchange_timestamp,
    created_at
FROM book_ticker_snapshots
WHERE symbol_id = any($1::INTEGER []) AND timestamp >= $2 AND timestamp < $3
ORDER BY symbol_id, timestamp
