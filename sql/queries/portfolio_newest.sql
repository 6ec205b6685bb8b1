-- The newest valuation of every account in a reference currency, the most valuable asset first.
-- $1 the currency.
SELECT
    p.exchange,
    p.asset_name,
    p.timestamp,
    p.quantity,
    p.unexplained_quantity,
    p.current_price,
    p.price_route,
    p.average_entry_price,
    p.value,
    p.unrealised_profit,
    p.unrealised_profit_percent,
    p.realised_profit,
    p.balance_at,
    p.note
FROM exchanges AS e
CROSS JOIN LATERAL (
    SELECT max(i.timestamp) AS at
    FROM portfolio_items AS i
    WHERE i.exchange_id = e.id AND i.reference_currency = $1
) AS newest
INNER JOIN portfolio_items_named AS p
    ON e.id = p.exchange_id AND newest.at = p.timestamp
WHERE p.reference_currency = $1
ORDER BY p.exchange ASC, p.value DESC NULLS LAST, p.asset_name ASC
