-- How many samples succeeded, per exchange, asset and UTC day. $1 exchanges or null for all,
-- $2 assets, $3 and $4 the window, half-open.
SELECT
    e.enum_value AS exchange,
    c.asset,
    (c.timestamp AT TIME ZONE 'UTC')::DATE AS day,
    count(*) FILTER (WHERE c.problem IS NULL) AS succeeded,
    count(*) AS attempted
FROM collections AS c
INNER JOIN exchanges AS e ON c.exchange_id = e.id
WHERE
    c.asset = any($2::TEXT []) AND c.timestamp >= $3 AND c.timestamp < $4
    AND ($1::TEXT [] IS NULL OR e.enum_value = any($1::TEXT []))
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
