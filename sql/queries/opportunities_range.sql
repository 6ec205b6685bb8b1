-- Opportunities of a window, a row per beat. $1 and $2 the window, half-open, $3 exchanges one of
-- which is bought or sold on, or null for all, $4 the least that is left in basis points, or null.
SELECT
    o.timestamp,
    o.opportunity_id,
    o.kind,
    o.buy_exchange,
    o.buy_symbol,
    o.sell_exchange,
    o.sell_symbol,
    o.buy_price,
    o.sell_price,
    o.quantity,
    o.conversion_rate,
    o.spread_bps,
    o.fee_bps,
    o.funding_bps,
    o.transfer_cost,
    o.net_bps,
    o.net_profit,
    o.peak_net_bps,
    o.opened_at,
    o.age,
    o.symbol_id,
    o.sell_symbol_id
FROM arbitrage_opportunities_named AS o
WHERE
    o.timestamp >= $1 AND o.timestamp < $2
    AND (
        $3::TEXT [] IS NULL
        OR o.buy_exchange = any($3::TEXT []) OR o.sell_exchange = any($3::TEXT [])
    )
    AND ($4::NUMERIC IS NULL OR o.net_bps >= $4::NUMERIC)
ORDER BY o.timestamp DESC, o.net_bps DESC, o.symbol_id ASC, o.sell_symbol_id ASC
