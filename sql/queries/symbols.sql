-- Every symbol as a collector needs it. $1 exchange names, null for all; $2 only tracked ones.
SELECT
    s.id,
    e.enum_value AS exchange,
    s.exchange_symbol,
    s.symbol_base,
    s.symbol_quote,
    s.contract_size::TEXT AS contract_size,
    (extract(EPOCH FROM s.listed_at) * 1000)::BIGINT AS listed_at,
    (extract(EPOCH FROM s.delisted_at) * 1000)::BIGINT AS delisted_at,
    s.is_active,
    s.is_tracked
FROM symbols AS s
INNER JOIN exchanges AS e ON s.exchange_id = e.id
WHERE
    ($1::TEXT [] IS NULL OR e.enum_value = ANY($1))
    AND (s.is_tracked OR NOT $2::BOOLEAN)
ORDER BY e.enum_value, s.exchange_symbol
