-- What was last stored of every opportunity. $1 since when, $2 until when (not included),
-- $3 exchanges to buy at.
SELECT DISTINCT ON (symbol_id, sell_symbol_id)
    symbol_id,
    sell_symbol_id,
    opportunity_id,
    opened_at,
    peak_net_bps
FROM arbitrage_opportunities
WHERE timestamp >= $1 AND timestamp < $2 AND buy_exchange_id = any($3::INTEGER [])
ORDER BY symbol_id ASC, sell_symbol_id ASC, timestamp DESC
