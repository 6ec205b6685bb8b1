-- What was held in the reference currency, as valued, for a picture: the last of each stretch as
-- floats; what could not be valued is not there. $1 exchanges or null for all, $2 assets or null
-- for all, $3 length of a stretch, $4 and $5 the window, half-open.
SELECT
    e.enum_value AS exchange,
    p.asset_name AS asset,
    p.reference_currency,
    time_bucket($3::INTERVAL, p.timestamp) AS timestamp,
    last(p.value, p.timestamp)::FLOAT8 AS amount
FROM portfolio_items AS p
INNER JOIN exchanges AS e ON p.exchange_id = e.id
WHERE
    p.timestamp >= $4 AND p.timestamp < $5 AND p.value IS NOT NULL
    AND ($1::TEXT [] IS NULL OR e.enum_value = any($1::TEXT []))
    AND ($2::TEXT [] IS NULL OR p.asset_name = any($2::TEXT []))
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4
