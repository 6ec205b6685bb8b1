-- Symbols by name. $1 symbols.
SELECT
    s.id,
    e.enum_value AS exchange,
    s.symbol_base || '/' || s.symbol_quote AS symbol
FROM symbols AS s
INNER JOIN exchanges AS e ON s.exchange_id = e.id
WHERE s.id = any($1::INTEGER [])
