-- What is held, valued the last time, per exchange: what was held before and is not any more is
-- left out. $1 exchanges, $2 asset or null for all, $3 to $5 after which exchange, asset and
-- reference currency, $6 rows.
SELECT
    e.enum_value AS exchange,
    p.asset_name,
    p.timestamp,
    p.reference_currency,
    p.quantity::TEXT,
    p.unexplained_quantity::TEXT,
    p.current_price::TEXT,
    p.price_route,
    p.priced_at,
    p.average_entry_price::TEXT,
    p.value::TEXT,
    p.unrealised_profit::TEXT,
    p.unrealised_profit_percent::TEXT,
    p.realised_profit::TEXT,
    p.balance_at,
    p.note
FROM exchanges AS e
INNER JOIN portfolio_items AS p ON e.id = p.exchange_id
WHERE
    e.enum_value = any($1::TEXT [])
    AND p.timestamp
    = (SELECT max(n.timestamp) FROM portfolio_items AS n WHERE n.exchange_id = e.id)
    AND ($2::TEXT IS NULL OR p.asset_name = $2)
    AND (e.enum_value, p.asset_name, p.reference_currency) > ($3::TEXT, $4::TEXT, $5::TEXT)
ORDER BY e.enum_value, p.asset_name, p.reference_currency
LIMIT $6
