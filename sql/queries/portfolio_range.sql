-- Valuations of a window. $1 and $2 the window, half-open, $3 exchanges or null for all, $4 assets
-- or null for all.
SELECT
    e.enum_value AS exchange,
    p.asset_name,
    p.timestamp,
    p.reference_currency,
    p.quantity,
    p.unexplained_quantity,
    p.current_price,
    p.price_route,
    p.priced_at,
    p.average_entry_price,
    p.value,
    p.unrealised_profit,
    p.unrealised_profit_percent,
    p.realised_profit,
    p.balance_at,
    p.note,
    p.exchange_id
FROM portfolio_items AS p
INNER JOIN exchanges AS e ON p.exchange_id = e.id
WHERE
    p.timestamp >= $1 AND p.timestamp < $2
    AND ($3::TEXT [] IS NULL OR e.enum_value = any($3::TEXT []))
    AND ($4::TEXT [] IS NULL OR p.asset_name = any($4::TEXT []))
ORDER BY p.timestamp, e.enum_value, p.asset_name, p.reference_currency
