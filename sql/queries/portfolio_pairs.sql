-- Spot pairs that are or were collected, of every exchange.
SELECT
    s.id,
    e.enum_value AS exchange,
    s.symbol_base AS base,
    s.symbol_quote AS quote
FROM symbols AS s
INNER JOIN exchanges AS e ON s.exchange_id = e.id
WHERE e.market_type = 'SPOT' AND s.tracked_at IS NOT NULL
ORDER BY s.id
