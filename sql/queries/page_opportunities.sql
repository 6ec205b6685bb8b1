-- Opportunities in the order of time. $1 exchanges to buy or to sell at, null for all, $2 least
-- net gain in hundredths of a percent, null for any, $3 end, $4, $5 and $6 after which time and
-- symbols, $7 rows.
SELECT
    timestamp,
    opportunity_id::TEXT,
    kind,
    buy_exchange,
    buy_symbol,
    sell_exchange,
    sell_symbol,
    buy_price::TEXT,
    sell_price::TEXT,
    quantity::TEXT,
    conversion_rate::TEXT,
    spread_bps::TEXT,
    fee_bps::TEXT,
    funding_bps::TEXT,
    transfer_cost::TEXT,
    net_bps::TEXT,
    net_profit::TEXT,
    peak_net_bps::TEXT,
    opened_at,
    extract(EPOCH FROM age)::TEXT AS age_seconds,
    symbol_id,
    sell_symbol_id
FROM arbitrage_opportunities_named
WHERE
    ($1::TEXT [] IS NULL OR buy_exchange = any($1) OR sell_exchange = any($1))
    AND ($2::NUMERIC IS NULL OR net_bps >= $2)
    AND timestamp < $3
    AND timestamp >= $4
    AND (timestamp, symbol_id, sell_symbol_id) > ($4, $5::INTEGER, $6::INTEGER)
ORDER BY timestamp, symbol_id, sell_symbol_id
LIMIT $7
