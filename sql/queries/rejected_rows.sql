-- Rows that were refused. $1 and $2 the window of the last refusal, half-open, $3 exchanges or null
-- for all, $4 data sets or null for all.
SELECT
    e.enum_value AS exchange,
    s.symbol_base || '/' || s.symbol_quote AS symbol,
    r.data_set,
    r.timeframe,
    r.timestamp,
    r.reason,
    r.payload,
    r.occurrences,
    r.first_seen_at,
    r.last_seen_at,
    r.symbol_id
FROM rejected_records AS r
INNER JOIN exchanges AS e ON r.exchange_id = e.id
LEFT JOIN symbols AS s ON r.symbol_id = s.id
WHERE
    r.last_seen_at >= $1 AND r.last_seen_at < $2
    AND ($3::TEXT [] IS NULL OR e.enum_value = any($3::TEXT []))
    AND ($4::TEXT [] IS NULL OR r.data_set = any($4::TEXT []))
ORDER BY r.last_seen_at DESC, r.id DESC
