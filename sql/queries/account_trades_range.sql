-- Own fills of some symbols. $2 and $3 the window, half-open.
SELECT
    symbol_id,
    timestamp,
    trade_id,
    order_id,
    side,
    price,
    quantity,
    quote_quantity,
    fee,
    fee_asset,
    is_maker,
    received_at
FROM account_trades
WHERE symbol_id = any($1::INTEGER []) AND timestamp >= $2 AND timestamp < $3
ORDER BY symbol_id, timestamp, trade_id, side
