-- Rows that were refused, per data set, exchange, symbol and reason. $1 data sets, $2 last refused
-- since when. At most 500 groups, the latest first.
SELECT
    r.data_set,
    e.enum_value AS exchange,
    s.exchange_symbol,
    r.reason,
    sum(r.occurrences) AS occurrences,
    max(r.last_seen_at) AS last_at,
    (array_agg(left(r.payload, 200) ORDER BY r.last_seen_at DESC))[1] AS example
FROM rejected_records AS r
INNER JOIN exchanges AS e ON r.exchange_id = e.id
LEFT JOIN symbols AS s ON r.symbol_id = s.id
WHERE r.data_set = any($1::text []) AND r.last_seen_at >= $2
GROUP BY r.data_set, e.enum_value, s.exchange_symbol, r.reason
ORDER BY max(r.last_seen_at) DESC, e.enum_value ASC, r.reason ASC
LIMIT 500
