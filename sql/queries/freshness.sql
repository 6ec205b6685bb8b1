-- How collecting went lately, per exchange and asset. $1 exchanges or null for all, $2 how far
-- back.
SELECT
    e.enum_value AS exchange,
    c.asset,
    max(c.timestamp) AS last_attempt_at,
    max(c.timestamp) FILTER (WHERE c.problem IS NULL) AS last_success_at,
    now() - max(c.timestamp) FILTER (WHERE c.problem IS NULL) AS age,
    last(c.problem, c.timestamp) AS problem,
    count(*) AS attempts,
    count(c.problem) AS failures
FROM collections AS c
INNER JOIN exchanges AS e ON c.exchange_id = e.id
WHERE
    c.timestamp > now() - $2::INTERVAL
    AND ($1::TEXT [] IS NULL OR e.enum_value = any($1::TEXT []))
GROUP BY e.enum_value, c.asset
ORDER BY e.enum_value, c.asset
