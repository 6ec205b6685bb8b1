-- The newest predicted funding rates of some symbols, by name. $1 symbols, $2 rows per symbol,
-- $3 since when.
SELECT
    e.enum_value AS exchange,
    s.symbol_base || '/' || s.symbol_quote AS symbol,
    s.id AS symbol_id,
    f.timestamp,
    f.funding_rate,
    TIMESTAMPTZ 'epoch' + f.funding_time * INTERVAL '1 millisecond' AS funding_time,
    TIMESTAMPTZ 'epoch' + f.next_funding_time * INTERVAL '1 millisecond' AS next_funding_time,
    f.is_settled,
    f.funding_interval_hours,
    f.mark_price,
    f.index_price,
    f.exchange_timestamp,
    f.created_at
FROM symbols AS s
INNER JOIN exchanges AS e ON s.exchange_id = e.id
CROSS JOIN LATERAL (
    SELECT n.*
    FROM funding_rate_snapshots AS n
    WHERE n.symbol_id = s.id AND n.timestamp >= $3 AND NOT n.is_settled
    ORDER BY n.timestamp DESC
    LIMIT $2
) AS f
WHERE s.id = any($1::INTEGER [])
ORDER BY s.id ASC, f.timestamp DESC
