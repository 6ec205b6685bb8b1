-- What was held, valued, in the order of time. $1 exchanges, $2 asset or null for all, $3 end,
-- $4 to $7 after which time, exchange, asset and reference currency, $8 rows.
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
FROM portfolio_items AS p
INNER JOIN exchanges AS e ON p.exchange_id = e.id
WHERE
    e.enum_value = any($1::TEXT [])
    AND ($2::TEXT IS NULL OR p.asset_name = $2)
    AND p.timestamp < $3
    AND p.timestamp >= $4
    AND (p.timestamp, e.enum_value, p.asset_name, p.reference_currency)
    > ($4, $5::TEXT, $6::TEXT, $7::TEXT)
ORDER BY p.timestamp, e.enum_value, p.asset_name, p.reference_currency
LIMIT $8
