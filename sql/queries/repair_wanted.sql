-- What is registered of the tracked symbols. $1 exchange names.
SELECT
    r.symbol_id,
    e.enum_value AS exchange,
    s.exchange_symbol,
    r.data_set,
    r.timeframe,
    (extract(EPOCH FROM r.history_from) * 1000)::BIGINT AS history_from,
    r.completed_at IS NOT NULL AS is_complete,
    (extract(EPOCH FROM s.listed_at) * 1000)::BIGINT AS listed_at,
    (extract(EPOCH FROM s.delisted_at) * 1000)::BIGINT AS delisted_at
FROM registrations AS r
INNER JOIN symbols AS s ON r.symbol_id = s.id AND s.is_tracked
INNER JOIN exchanges AS e ON s.exchange_id = e.id
WHERE e.enum_value = any($1::TEXT [])
ORDER BY e.enum_value, s.exchange_symbol, r.data_set, r.timeframe
