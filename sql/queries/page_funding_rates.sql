-- Funding rates, predicted and settled, in the order of time. $1 symbols, $2 settled or predicted
-- only, null for both, $3 end, $4, $5 and $6 after which time, symbol and kind, $7 rows.
SELECT
    exchange,
    symbol,
    exchange_symbol,
    timestamp,
    funding_rate::TEXT,
    funding_time,
    next_funding_time,
    is_settled,
    funding_interval_hours::TEXT,
    mark_price::TEXT,
    index_price::TEXT,
    exchange_timestamp,
    symbol_id
FROM funding_rate_snapshots_named
WHERE
    symbol_id = any($1::INTEGER [])
    AND ($2::BOOLEAN IS NULL OR is_settled = $2)
    AND timestamp < $3
    AND timestamp >= $4
    AND (timestamp, symbol_id, is_settled) > ($4, $5::INTEGER, $6::BOOLEAN)
ORDER BY timestamp, symbol_id, is_settled
LIMIT $7
