-- The newest predicted or settled funding rate of each symbol. $1 symbols, $2 settled ones,
-- $3 since when to look, $4 after which symbol, $5 rows.
SELECT
    f.exchange,
    f.symbol,
    f.exchange_symbol,
    f.timestamp,
    f.funding_rate::TEXT,
    f.funding_time,
    f.next_funding_time,
    f.is_settled,
    f.funding_interval_hours::TEXT,
    f.mark_price::TEXT,
    f.index_price::TEXT,
    f.exchange_timestamp,
    f.symbol_id
FROM symbols AS s
CROSS JOIN LATERAL (
    SELECT n.*
    FROM funding_rate_snapshots_named AS n
    WHERE n.symbol_id = s.id AND n.is_settled = $2 AND n.timestamp >= $3
    ORDER BY n.timestamp DESC
    LIMIT 1
) AS f
WHERE s.id = any($1::INTEGER []) AND s.id > $4::INTEGER
ORDER BY s.id
LIMIT $5
