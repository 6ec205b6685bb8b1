-- What was held for a picture: the last of each stretch, units of the asset as floats. $1 exchanges
-- or null for all, $2 assets or null for all, $3 length of a stretch, $4 and $5 the window,
-- half-open.
SELECT
    e.enum_value AS exchange,
    b.asset_name AS asset,
    time_bucket($3::INTERVAL, b.timestamp) AS timestamp,
    last(b.total_balance, b.timestamp)::FLOAT8 AS amount
FROM balance_snapshots AS b
INNER JOIN exchanges AS e ON b.exchange_id = e.id
WHERE
    b.timestamp >= $4 AND b.timestamp < $5
    AND ($1::TEXT [] IS NULL OR e.enum_value = any($1::TEXT []))
    AND ($2::TEXT [] IS NULL OR b.asset_name = any($2::TEXT []))
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
