-- The newest book of every symbol as of a beat, with what trading it costs. $1 since when, $2 until
-- when (not included), $3 exchanges. What lies between a book's two clocks is not known, so the
-- older one counts.
SELECT DISTINCT ON (b.symbol_id)
    b.symbol_id,
    s.exchange_id,
    e.enum_value AS exchange,
    s.exchange_symbol,
    s.symbol_base AS base,
    s.symbol_quote AS quote,
    s.contract_size,
    s.taker_fee,
    s.lot_size,
    s.min_quantity,
    s.min_notional,
    e.market_type = 'FUTURES' AS is_perpetual,
    (extract(EPOCH FROM least(b.timestamp, b.exchange_timestamp)) * 1000)::BIGINT AS at,
    b.bid_price,
    b.bid_qty,
    b.ask_price,
    b.ask_qty
FROM book_ticker_snapshots AS b
INNER JOIN symbols AS s ON b.symbol_id = s.id
INNER JOIN exchanges AS e ON s.exchange_id = e.id
WHERE b.timestamp >= $1 AND b.timestamp < $2 AND e.enum_value = any($3::TEXT [])
ORDER BY b.symbol_id ASC, b.timestamp DESC
