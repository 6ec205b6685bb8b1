-- What exchanges say of their symbols. $1 exchanges or null for all, $2 only tracked ones.
SELECT
    e.enum_value AS exchange,
    s.symbol_base || '/' || s.symbol_quote AS symbol,
    s.exchange_symbol,
    s.status,
    s.is_active,
    s.is_tracked,
    s.tracked_at,
    s.tick_size,
    s.lot_size,
    s.contract_size,
    s.min_quantity,
    s.min_notional,
    s.maker_fee,
    s.taker_fee,
    s.funding_interval_hours,
    s.listed_at,
    s.delisted_at,
    s.first_seen_at,
    s.last_seen_at,
    s.id AS symbol_id
FROM symbols AS s
INNER JOIN exchanges AS e ON s.exchange_id = e.id
WHERE
    ($1::TEXT [] IS NULL OR e.enum_value = any($1::TEXT []))
    AND (s.is_tracked OR NOT $2::BOOLEAN)
ORDER BY e.enum_value, s.exchange_symbol
