-- The newest valuation of each account. $1 exchanges or null for all, $2 assets or null for all.
-- Only a day is looked at: to find an account that is valued no more, all would have to be read.
WITH newest AS (
    SELECT
        i.exchange_id,
        i.reference_currency,
        max(i.timestamp) AS timestamp
    FROM portfolio_items AS i
    WHERE i.timestamp > (SELECT max(a.timestamp) - INTERVAL '1 day' FROM portfolio_items AS a)
    GROUP BY i.exchange_id, i.reference_currency
)

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
FROM newest AS n
INNER JOIN portfolio_items AS p
    ON
        n.exchange_id = p.exchange_id
        AND n.reference_currency = p.reference_currency
        AND n.timestamp = p.timestamp
INNER JOIN exchanges AS e ON p.exchange_id = e.id
WHERE
    ($1::TEXT [] IS NULL OR e.enum_value = any($1::TEXT []))
    AND ($2::TEXT [] IS NULL OR p.asset_name = any($2::TEXT []))
ORDER BY e.enum_value, p.asset_name, p.reference_currency
