-- What spot pairs were worth at a moment, of every exchange: the newest uncrossed book with both
-- sides, and where there is none the last price, and where there is none of that either the newest
-- close. $1 the moment, $2 since when, $3 timeframe of the closes, $4 its length.
SELECT
    e.enum_value AS exchange,
    s.symbol_base AS base,
    s.symbol_quote AS quote,
    b.bid_price,
    b.ask_price,
    coalesce(t.last_price, c.close) AS price,
    (extract(EPOCH FROM coalesce(b.timestamp, t.timestamp, c.timestamp + $4)) * 1000)::BIGINT AS at
FROM symbols AS s
INNER JOIN exchanges AS e ON s.exchange_id = e.id
LEFT JOIN LATERAL (
    SELECT
        k.timestamp,
        k.bid_price,
        k.ask_price
    FROM book_ticker_snapshots AS k
    WHERE
        k.symbol_id = s.id AND k.timestamp > $2 AND k.timestamp <= $1
        AND k.bid_price < k.ask_price AND k.bid_qty > 0 AND k.ask_qty > 0
    ORDER BY k.timestamp DESC
    LIMIT 1
) AS b ON true
LEFT JOIN LATERAL (
    SELECT
        k.timestamp,
        k.last_price
    FROM ticker_snapshots AS k
    WHERE
        b.timestamp IS NULL AND k.symbol_id = s.id AND k.timestamp > $2 AND k.timestamp <= $1
        AND k.last_price IS NOT NULL
    ORDER BY k.timestamp DESC
    LIMIT 1
) AS t ON true
LEFT JOIN LATERAL (
    SELECT
        k.timestamp,
        k.close
    FROM candles AS k
    WHERE
        b.timestamp IS NULL AND t.timestamp IS NULL AND k.symbol_id = s.id AND k.timeframe = $3
        AND k.timestamp > $2 - $4::INTERVAL AND k.timestamp <= $1 - $4::INTERVAL
    ORDER BY k.timestamp DESC
    LIMIT 1
) AS c ON true
WHERE
    e.market_type = 'SPOT' AND s.tracked_at IS NOT NULL
    AND num_nonnulls(b.timestamp, t.timestamp, c.timestamp) > 0
ORDER BY e.enum_value, s.exchange_symbol
