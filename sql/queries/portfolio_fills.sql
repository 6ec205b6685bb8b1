-- The own fills of a spot exchange in the order they were made. $1 exchange by id, $2 and $3 the
-- window, half-open. Of one millisecond the lower id comes first; ids are mostly numbers. Of a
-- trade with oneself the purchase comes first.
SELECT
    (extract(EPOCH FROM t.timestamp) * 1000)::BIGINT AS at,
    s.symbol_base AS base,
    s.symbol_quote AS quote,
    t.side = 'sell' AS is_sale,
    t.price,
    t.quantity,
    t.quote_quantity AS value,
    t.fee,
    t.fee_asset
FROM account_trades AS t
INNER JOIN symbols AS s ON t.symbol_id = s.id
INNER JOIN exchanges AS e ON s.exchange_id = e.id
WHERE e.id = $1 AND e.market_type = 'SPOT' AND t.timestamp >= $2 AND t.timestamp < $3
ORDER BY t.timestamp, char_length(t.trade_id), t.trade_id, t.symbol_id, t.side
